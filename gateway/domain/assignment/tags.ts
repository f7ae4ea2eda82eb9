/** Tags of a shop's conversations: part of the assignment's document, so that they outlast every change of phase and agents get them with each row. */
import { TAG_COUNT, type Assignment } from '../../protocol/model.ts'
import type { Caller } from '../messaging/access.ts'
import { Refusal } from '../refusal.ts'
import { tidyName } from '../untrusted-text.ts'
import type { AssignmentDocument } from './assignment-document.ts'
import { assignableFor, mustBeWritten, type Assignments, type Found } from './assignments.ts'

interface TagChange {
  readonly conversation: string
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export class Tags {
  readonly #assignments: Assignments

  constructor(options: { assignments: Assignments }) {
    this.#assignments = options.assignments
  }

  /** The same again changes nothing. Rejects with `too_many`. */
  async change({ identity }: Caller, { conversation, add, remove }: TagChange): Promise<Assignment> {
    const tidy = { add: add.map(tagOf), remove: remove.map(tagOf) }
    const twice = tidy.add.find((tag) => tidy.remove.includes(tag))
    if (twice !== undefined) throw new Refusal('bad_request', 'a tag is both added and removed')
    return (await this.#assignments.change(assignableFor(identity, { conversation }), (found) => decideTags(found, tidy))).assignment
  }
}

/** On one line, without what cannot be seen. */
function tagOf(text: string): string {
  const tag = tidyName(text)
  if (tag === undefined) throw new Refusal('bad_request', 'a tag is empty')
  return tag
}

export function decideTags(found: Found, { add, remove }: Pick<TagChange, 'add' | 'remove'>): AssignmentDocument | undefined {
  mustBeWritten(found)
  const { tags: before = [], ...rest } = found.document
  const tags = [...new Set([...before.filter((tag) => !remove.includes(tag)), ...add])]
  if (tags.length > TAG_COUNT) throw new Refusal('too_many', `a conversation may have ${TAG_COUNT} tags`)
  if (tags.length === before.length && tags.every((tag) => before.includes(tag))) return undefined
  return tags.length === 0 ? rest : { ...rest, tags }
}
