import { decodePacket } from '../../protocol/packet.ts'
import type { JournalledErasure } from './erase-write.ts'

const ERASED = Buffer.from('2["erased"')

/** Where a line stands: its batch, and its index within that. */
export interface LinePlace {
  readonly batch: number
  readonly index: number
}

/**
 * Of each conversation that the journal erases: the last line that does so, and the epochs of the logs that are erased. Whoever reads the journal reads its
 * erasures first: what stands before the last one counts for nothing, whether `main` has had it or not.
 */
export class JournalledErasures {
  readonly #last = new Map<string, LinePlace & { readonly epochs: ReadonlySet<string> }>()

  /** Takes note of a line, if it is an erasure. */
  read(line: Buffer, { batch, index }: LinePlace): void {
    if (!line.subarray(0, ERASED.length).equals(ERASED)) return
    const packet = decodePacket(line.toString())
    if (packet.type !== 'event') return
    const { conversation, epoch } = packet.args[0] as JournalledErasure
    this.#last.set(conversation, { batch, index, epochs: new Set([...(this.#last.get(conversation)?.epochs ?? []), epoch]) })
  }

  has(conversation: string): boolean {
    return this.#last.has(conversation)
  }

  /** Whether an erasure of the conversation comes after this line. */
  isErased(conversation: string, { batch, index }: LinePlace): boolean {
    const last = this.#last.get(conversation)
    return last !== undefined && (batch < last.batch || (batch === last.batch && index < last.index))
  }

  /** Whether the conversation's log with this epoch is erased. */
  hasEpoch(conversation: string, epoch: string): boolean {
    return this.#last.get(conversation)?.epochs.has(epoch) === true
  }
}
