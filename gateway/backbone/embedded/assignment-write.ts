import { randomUUID } from 'node:crypto'
import { encodePacket } from '../../protocol/packet.ts'
import type { NewAssignment, AssignmentSet } from '../backbone.ts'
import type { Conversation } from './conversation.ts'
import type { Conversations } from './conversations.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Part, QueuedWrite } from './group-commit.ts'
import type { WrittenAssignment } from './conversation-state.ts'

/** An assignment in the journal: written as a packet like the other lines, but never published. The format on disk calls it `service`. */
export interface JournalledAssignment {
  readonly conversation: string
  readonly service: WrittenAssignment
}

/** One `setAssignment`: it is decided against `upcoming`, and answered when it is durable. */
export class AssignmentWrite implements QueuedWrite<AssignmentSet> {
  readonly #parts: { readonly conversations: Conversations; readonly checkpoint: Checkpoint }
  readonly #wanted: NewAssignment
  #conversation: Conversation | undefined
  #next: WrittenAssignment | undefined
  #found: WrittenAssignment | undefined

  constructor(parts: { readonly conversations: Conversations; readonly checkpoint: Checkpoint }, wanted: NewAssignment) {
    this.#parts = parts
    this.#wanted = wanted
  }

  prepare(batch: number): string | undefined {
    const { conversation: id, expect, text, phase, muted } = this.#wanted
    const conversation = (this.#conversation = this.#parts.conversations.get(id))
    this.#found = conversation.upcoming.assignment
    if ((this.#found?.version ?? '') !== expect) return undefined
    conversation.beginUnlessBegun()
    const version = randomUUID().slice(0, 13)
    const assignment: WrittenAssignment = { version, text, phase, ...(muted === undefined ? undefined : { muted }) }
    this.#next = conversation.upcoming.assignment = assignment
    this.#parts.conversations.touch(conversation, batch)
    const line: JournalledAssignment = { conversation: id, service: assignment }
    return encodePacket({ type: 'event', name: 'service', args: [line] })
  }

  settle(part: Part | undefined): AssignmentSet {
    const next = this.#next
    if (next === undefined || part === undefined) {
      const found = this.#found
      return found === undefined ? { isSet: false } : { isSet: false, found: { text: found.text, version: found.version } }
    }
    const conversation = this.#conversation!
    conversation.durable.assignment = next
    this.#parts.checkpoint.grew(conversation, part.end - part.start)
    return { isSet: true, version: next.version }
  }

  rollBack(): void {
    this.#conversation?.rollBack()
  }
}
