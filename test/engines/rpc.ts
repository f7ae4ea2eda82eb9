import { once } from 'node:events'
import WebSocket from 'ws'
import { BrowserGone } from './page.ts'

/**
 * Numbered calls over one WebSocket: what the DevTools protocol and WebDriver BiDi have in common. Once the connection has closed, or the event came
 * that reports a death, everything that waits rejects with `BrowserGone`, and so does every later call.
 */
export interface Rpc {
  call<T = unknown>(method: string, params?: object): Promise<T>
  /** Resolves at the next event of that name. Ask before causing it. */
  next(event: string): Promise<void>
  close(): void
}

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly result?: unknown
  readonly error?: string | { readonly message: string }
  readonly message?: string
}

interface Waiting {
  readonly resolve: (value?: unknown) => void
  readonly reject: (error: Error) => void
}

/** `deaths`: the events that report a death, and what each means. */
export async function openRpc(url: string, deaths: Readonly<Record<string, string>> = {}): Promise<Rpc> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 1 << 28 })
  await once(socket, 'open')
  const calls = new Map<number, Waiting & { readonly method: string }>()
  const listening = new Set<Waiting & { readonly event: string }>()
  let last = 0
  let gone: BrowserGone | undefined
  const die = (why: string): void => {
    gone ??= new BrowserGone(why)
    for (const each of [...calls.values(), ...listening]) each.reject(gone)
    calls.clear()
    listening.clear()
  }
  socket.on('message', (data) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id === undefined) {
      for (const row of [...listening]) if (row.event === reply.method && listening.delete(row)) row.resolve()
      const why = deaths[reply.method ?? '']
      if (why !== undefined) die(why)
      return
    }
    const asked = calls.get(reply.id)
    calls.delete(reply.id)
    if (reply.error === undefined) return asked?.resolve(reply.result)
    const why = typeof reply.error === 'string' ? `${reply.error}: ${reply.message}` : reply.error.message
    asked?.reject(new Error(`${asked.method}: ${why}`))
  })
  socket.on('close', () => die('the browser has gone'))
  return {
    call: <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        if (gone) return reject(gone)
        const id = ++last
        calls.set(id, { resolve: resolve as Waiting['resolve'], reject, method })
        socket.send(JSON.stringify({ id, method, params }))
      }),
    next: (event) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone)
        listening.add({ event, resolve: resolve as Waiting['resolve'], reject })
      }),
    close: () => socket.terminate(),
  }
}
