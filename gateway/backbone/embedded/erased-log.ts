import { conversationSides } from '../../protocol/keys.ts'
import type { Conversation } from './conversation.ts'
import type { Files } from './files.ts'
import { entryKey, idKey, minuteOf, sideKey } from './keys-on-disk.ts'

/**
 * Deletes rows of the conversation's erased logs from `main`, at most `limit`. To be called within a transaction. Returns how many, and whether that is
 * all: then its own row may be written or removed.
 */
export function deleteErased({ log, ids, sides }: Files, { id, erased }: Conversation, limit: number): { count: number; isAll: boolean } {
  let count = 0
  for (const { number, times } of erased) {
    const parts = [
      [log, entryKey(number, 0), entryKey(number + 1, 0)],
      [ids, idKey(number, { high: 0, low: 0 }), idKey(number + 1, { high: 0, low: 0 })],
    ] as const
    for (const [database, start, end] of parts) {
      for (const key of database.raw.getKeys({ start, end, limit: limit - count + 1 })) {
        if (count >= limit) return { count, isAll: false }
        void database.remove(key)
        count++
      }
    }
    for (const side of conversationSides(id) ?? []) for (const at of times) void sides.remove(sideKey(side, minuteOf(at), number))
  }
  return { count, isAll: true }
}
