import { encodePacket } from '../../protocol/packet.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Conversation } from './conversation.ts'
import type { Conversations } from './conversations.ts'
import type { Part, QueuedWrite } from './group-commit.ts'

/** An erasure in the journal: never published. `epoch`: of the log that is erased. */
export interface JournalledErasure {
  readonly conversation: string
  readonly epoch: string
}

/**
 * One `erase`. It is the last write of its batch, so that whatever follows is decided on an empty conversation. In the journal it is a packet named
 * `erased`; a checkpoint then deletes what `main` has, and only after that the journal loses the packet.
 */
export class EraseWrite implements QueuedWrite<boolean> {
  readonly isLast = true
  readonly #parts: { readonly conversations: Conversations; readonly checkpoint: Checkpoint }
  readonly #id: string
  #conversation: Conversation | undefined

  constructor(parts: { readonly conversations: Conversations; readonly checkpoint: Checkpoint }, id: string) {
    this.#parts = parts
    this.#id = id
  }

  prepare(batch: number): string | undefined {
    const { conversations } = this.#parts
    const conversation = (this.#conversation = conversations.get(this.#id))
    const { seq, assignment } = conversation.upcoming
    if (seq === 0 && assignment === undefined && conversation.number === 0) return undefined
    conversations.touch(conversation, batch)
    const line: JournalledErasure = { conversation: this.#id, epoch: conversation.epoch }
    return encodePacket({ type: 'event', name: 'erased', args: [line] })
  }

  /** Whether anything was there. */
  settle(part: Part | undefined): boolean {
    if (part === undefined) return false
    const conversation = this.#conversation!
    conversation.erase()
    this.#parts.checkpoint.grew(conversation, part.end - part.start)
    return true
  }

  rollBack(): void {
    this.#conversation?.rollBack()
  }
}
