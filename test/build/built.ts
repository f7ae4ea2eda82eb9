/** A snippet through some of the build's plugins, and what a snippet says when it is run. */
import { runInNewContext } from 'node:vm'
import { rollup, type Plugin } from 'rollup'

/** As if it stood in a file of the widget; the plugins that are asked for see it as they see ours. */
export async function built(snippet: string, plugins: readonly Plugin[]): Promise<string> {
  const file = '/sources/widget/snippet.js'
  const source: Plugin = { name: 'source', resolveId: () => file, load: () => snippet }
  const bundle = await rollup({ input: file, plugins: [source, ...plugins], treeshake: false })
  const { output: [{ code }] } = await bundle.generate({ format: 'es' })
  return code
}

/** All that the snippet `say`s, in order, and with what it ends, as text: objects of another context are not equal to ours. */
export async function said(code: string): Promise<string> {
  const heard: unknown[] = []
  const context = { say: (...what: unknown[]) => void heard.push(...what), done: undefined as Promise<void> | undefined }
  runInNewContext(`'use strict'; done = (async () => {${code}\n})()`, context)
  await context.done?.catch((error: Error) => heard.push(`threw ${error.name}: ${error.message}`))
  return JSON.stringify(heard, (_key, value: unknown) => (value === undefined ? 'undefined' : value))
}
