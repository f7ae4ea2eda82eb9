import { ABORT } from 'lmdb'
import type { Environment } from './files.ts'

/** Entries of which so many fill a page but for its header. */
const ENTRIES = 4
/** LMDB's page header, and of each entry its header and its offset. */
const HEADER = 24
const ENTRY = 10
/** Behind all other keys. */
const KEY = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])

/**
 * LMDB stores the memory of a transaction's pages for its next ones, and does not clear it: what was in such a page is written again, into the room that
 * the next page's entries leave. So this fills pages with zeros, and gives them back without writing them. LMDB takes first what it got back last.
 */
export function blankPages({ root, binary }: Environment, { count, pageBytes }: { readonly count: number; readonly pageBytes: number }): void {
  const key = Buffer.from(KEY)
  const value = Buffer.alloc((Math.floor((pageBytes - HEADER) / ENTRIES) & ~1) - ENTRY - key.length)
  root.transactionSync(() => {
    for (let i = 0; i < count * ENTRIES; i++) {
      key.writeUInt32BE(i, 4)
      binary.putSync(key, value)
    }
    return ABORT
  })
}
