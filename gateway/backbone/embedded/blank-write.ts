import { encodePacket } from '../../protocol/packet.ts'
import type { QueuedWrite } from './group-commit.ts'

/** The name of a packet that says nothing. */
export const BLANK = 'blank'

/** A batch with nothing in it. The journal always keeps its newest batch; behind this one, that is not one with somebody's words. */
export class BlankWrite implements QueuedWrite {
  readonly isLast = true
  readonly #answer: { readonly resolve: () => void; readonly reject: (error: Error) => void }

  constructor(answer: { readonly resolve: () => void; readonly reject: (error: Error) => void }) {
    this.#answer = answer
  }

  prepare(): string {
    return encodePacket({ type: 'event', name: BLANK, args: [] })
  }

  settle(): void {
    this.#answer.resolve()
  }

  fail(error: Error): void {
    this.#answer.reject(error)
  }

  refuse(error: Error): void {
    this.#answer.reject(error)
  }
}
