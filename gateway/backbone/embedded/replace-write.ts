import { encodePacket } from '../../protocol/packet.ts'
import { messageJson } from '../../protocol/packets.ts'
import type { Message } from '../../protocol/model.ts'
import type { Checkpoint } from './checkpoint.ts'
import { isSame, type Conversation } from './conversation.ts'
import type { Conversations } from './conversations.ts'
import type { Part, QueuedWrite } from './group-commit.ts'

interface Parts {
  readonly conversations: Conversations
  readonly checkpoint: Checkpoint
}

/** One `replace`. In the journal it is a packet named `replaced`, which is never published; from there a checkpoint brings it into the log's row. */
export class ReplaceWrite implements QueuedWrite<boolean> {
  readonly #parts: Parts
  readonly #wanted: Omit<Message, 'prev'>
  #conversation: Conversation | undefined
  #json: string | undefined

  constructor(parts: Parts, wanted: Omit<Message, 'prev'>) {
    this.#parts = parts
    this.#wanted = wanted
  }

  prepare(batch: number): string | undefined {
    const { conversations } = this.#parts
    const wanted = this.#wanted
    const conversation = (this.#conversation = conversations.get(wanted.conversation))
    // whoever knows an entry's number has been told that it is durable
    const found =
      wanted.epoch === conversation.epoch && wanted.seq <= conversation.durable.seq ? conversations.entry(conversation, wanted.seq) : undefined
    if (found === undefined || !isSame(found, wanted)) return undefined
    const { prev } = found
    const message: Message = prev === undefined ? wanted : { ...wanted, prev }
    this.#json = messageJson(message)
    conversations.touch(conversation, batch)
    return encodePacket({ type: 'event', name: 'replaced', args: [message] })
  }

  /** Whether the message was there. */
  settle(part: Part | undefined): boolean {
    if (part === undefined) return false
    const conversation = this.#conversation!
    conversation.replace(this.#wanted.seq, Buffer.from(this.#json!))
    this.#parts.checkpoint.grew(conversation, part.end - part.start)
    return true
  }

  rollBack(): void {
    this.#conversation?.rollBack()
  }
}
