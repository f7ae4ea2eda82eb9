import type { ClientController } from './client-controller.ts'
import { doubtfulTo, warnAuthor } from './warn-author.ts'

/** A bare number is a participant id. A participant who never answers looks just like a misspelled shop, so the author is warned. */
export function warnDoubtfulTo({ localName, to }: { readonly localName: string; readonly to: string }, { client, timeline }: ClientController): void {
  const isNew = timeline.isLoaded && timeline.messages.length === 0
  if (isNew && client?.who.role !== 'agent' && doubtfulTo(to)) warnAuthor(localName, 'doubtful to', doubtfulTo(to)!)
}
