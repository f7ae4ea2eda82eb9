import { encodePacket } from '../../protocol/packet.ts'
import type { QueuedWrite } from './group-commit.ts'

/** The name of a packet that says nothing. */
export const BLANK = 'blank'

/** A batch with nothing in it. The journal always keeps its newest batch; behind this one, that is not one with somebody's words. */
export class BlankWrite implements QueuedWrite<void> {
  readonly isLast = true

  prepare(): string {
    return encodePacket({ type: 'event', name: BLANK, args: [] })
  }

  settle(): void {}

  rollBack(): void {}
}
