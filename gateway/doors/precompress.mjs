/** Lays a brotli and a gzip copy beside each file of dist/widget that a page loads; the gateway serves those to whoever takes them. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const FOLDER = join(import.meta.dirname, '../../dist/widget')
const isNewer = (file, than) => !existsSync(than) || statSync(file).mtimeMs > statSync(than).mtimeMs

for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(?:js|css|json)$/.test(name) || /^server[\\/]/.test(name)) continue
  const file = join(FOLDER, name)
  for (const [copy, compress] of [
    [`${file}.br`, brotliCompressSync],
    [`${file}.gz`, gzipSync],
  ]) {
    if (isNewer(file, copy)) writeFileSync(copy, compress(readFileSync(file)))
  }
}
