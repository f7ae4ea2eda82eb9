import path from 'node:path'
import { createInterface } from 'node:readline'
import { startChild } from './child.ts'
import type { Page } from './page.ts'

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** QtWebKit 602 through the pipe of qtwebkit.py; no custom elements, no shadow DOM, no fetch, no touch. */
export async function openQtWebKit(): Promise<Page> {
  const script = path.join(import.meta.dirname, 'qtwebkit.py')
  const child = startChild('/usr/bin/python3', { args: [script], stdin: true })
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  if (!child.process.stdout) throw new Error('No pipe to QtWebKit.')
  createInterface({ input: child.process.stdout }).on('line', (line) => {
    if (!line.startsWith('{"id"')) return
    const { id, result, error } = JSON.parse(line) as Answer
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error) asked?.reject(new Error(error.message))
    else asked?.resolve(result)
  })
  child.process.once('exit', () => waiting.forEach(({ reject }) => reject(new Error('QtWebKit has gone.'))))
  const call = <T = unknown>(method: string, params: object = {}): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      child.process.stdin?.write(`${JSON.stringify({ id, method, params })}\n`)
    })
  const click = async ({ x, y }: { x: number; y: number }): Promise<void> => void (await call('click', { x, y }))
  const version = await call<string>('version')
  return {
    engine: `QtWebKit ${version}`,
    can: new Set(['resize', 'shift', 'storage']),
    goto: async (url) => void (await call('goto', { url })),
    evaluate: <T>(expression: string) => call<T>('evaluate', { expression }),
    type: async (text) => void (await call('type', { text })),
    press: async (key, modifier) => void (await call('press', { key, modifier: modifier ?? null })),
    click,
    tap: () => Promise.reject(new Error('QtWebKit has no touch here.')),
    resize: async (width, height) => void (await call('resize', { width, height })),
    compose: () => Promise.reject(new Error('QtWebKit has no way to compose here.')),
    commit: () => Promise.reject(new Error('QtWebKit has no way to compose here.')),
    screenshot: async () => Buffer.from(await call<string>('screenshot'), 'base64'),
    close: () => child.stop(),
  }
}
