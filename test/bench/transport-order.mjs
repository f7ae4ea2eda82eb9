/**
 * How long until a page may chat, and until it does so over a WebSocket: WebSocket first with a race (what widget/client does)
 * beside polling first with engine.io's own upgrade. `node test/bench/transport-order.mjs`, after `npm run build`.
 */
import { rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const file = new URL('../../.cache/transport-order.bundle.mjs', import.meta.url)
await build({
  entryPoints: [new URL('transport-order.ts', import.meta.url).pathname],
  outfile: file.pathname, bundle: true, packages: 'external', platform: 'node', format: 'esm', logLevel: 'error',
})
try {
  const { measureAll } = await import(file.href)
  const table = await measureAll()
  console.log(table)
  if (process.argv[2]) await writeFile(process.argv[2], table)
} finally {
  await rm(file)
}
process.exit()
