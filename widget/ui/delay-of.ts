import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { OutboxItem } from '../client/types.ts'

/** The no that a message of the outbox was put off with. */
export const delayOf = (outbox: readonly OutboxItem[]): WireRefusal | undefined =>
  outbox.find(({ refusal, state }) => state === 'waiting' && refusal)?.refusal
