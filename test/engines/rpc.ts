import { once } from 'node:events'
import WebSocket from 'ws'

/** Numbered calls over one WebSocket: what the DevTools protocol and WebDriver BiDi have in common. */
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

export async function openRpc(url: string): Promise<Rpc> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 1 << 28 })
  await once(socket, 'open')
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void; method: string }>()
  const listening = new Set<{ event: string; resolve: () => void }>()
  let last = 0
  socket.on('message', (data) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id === undefined) {
      for (const row of [...listening]) if (row.event === reply.method && listening.delete(row)) row.resolve()
      return
    }
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.error === undefined) return asked?.resolve(reply.result)
    const why = typeof reply.error === 'string' ? `${reply.error}: ${reply.message}` : reply.error.message
    asked?.reject(new Error(`${asked.method}: ${why}`))
  })
  socket.on('close', () => {
    for (const asked of waiting.values()) asked.reject(new Error(`${asked.method}: the browser has gone`))
    waiting.clear()
  })
  return {
    call: <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = ++last
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, method })
        socket.send(JSON.stringify({ id, method, params }))
      }),
    next: (event) => new Promise((resolve) => void listening.add({ event, resolve })),
    close: () => socket.terminate(),
  }
}
