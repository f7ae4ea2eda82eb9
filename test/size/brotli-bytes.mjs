import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

/** What a file weighs as a CDN would send it. */
export function brotliBytes(file) {
  const content = readFileSync(file)
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }).length
}
