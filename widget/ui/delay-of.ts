import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { OutboxItem } from '../client/types.ts'

/** The refusal with which the gateway put off a message of the outbox. */
export const delayOf = (outbox: readonly OutboxItem[]): WireRefusal | undefined =>
  outbox.find(({ refusal, state }) => state === 'waiting' && refusal)?.refusal
