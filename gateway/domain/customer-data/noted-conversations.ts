/**
 * In which conversations something about a person is stored that the person's list does not have: agents may write notes about somebody who has not
 * written yet, and a block outlives the log. So that an erasure or export finds them.
 */
import type { Records } from '../../backbone/records.ts'
import { conversationSides, isShopSide } from '../../protocol/keys.ts'

const collectionOf = (side: string): string => `${side}/noted`
const personsOf = (conversation: string): readonly string[] => conversationSides(conversation)!.filter((side) => !isShopSide(side))

export async function noteConversation(
  records: Records,
  conversation: string,
  at: { readonly now: number; readonly expiresAt?: number },
): Promise<void> {
  for (const side of personsOf(conversation)) await records.put({ collection: collectionOf(side), key: conversation, value: '', ...at })
}

export async function notedConversations(records: Records, side: string, now: number): Promise<string[]> {
  return (await records.items(collectionOf(side), now)).map(({ key }) => key)
}

export async function forgetNoted(records: Records, conversation: string, now: number): Promise<void> {
  for (const side of personsOf(conversation)) await records.remove({ collection: collectionOf(side), key: conversation, now })
}
