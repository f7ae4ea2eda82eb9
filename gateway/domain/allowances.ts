/**
 * The port to the allowances: how much a spender may do in a time. The table and the counting are in doors/admit/ (allowance-table.ts,
 * allowances.ts).
 *
 *   allowances.take('conversation', spenderOf(caller))             takes one, or throws a `rate_limited` Refusal with `afterMs`
 *   allowances.take('imageBytes', spenderOf(caller), bytes.length)  costs may be bytes as well as counts
 *
 * A new allowance is a name here and a row in the table. It is counted for each scope for which its row has a rate and which the spender names:
 * `participant`, `address`, and `total`, which is everybody together. If one scope refuses, nothing is taken from any.
 */
import { isGuestId, participantKey } from '../protocol/keys.ts'
import type { Identity } from '../protocol/model.ts'

export type AllowanceName =
  /** Opened sessions, until a participant with a signed pass says hello on them. */
  | 'session'
  /** Packets before an accepted hello, in units of a small one. */
  | 'hello'
  /** Commands of an attached session, and their bytes. */
  | 'command'
  | 'commandBytes'
  /** New conversations. */
  | 'conversation'
  /** `viewing` commands: each costs the store several calls, and every agent of the shop a push. */
  | 'viewing'
  /** Sides in `presence` commands: each is read from the store, and followed by a subscription. */
  | 'presence'
  /** `card` commands: each reads a message and may ask the operator's backend. */
  | 'card'
  /** Withdrawn messages: each costs the store several calls, and everybody who follows the conversation a push. */
  | 'withdraw'
  /** Pictures, and their bytes. */
  | 'image'
  | 'imageBytes'
  /** New guests. */
  | 'guest'
  /** REST requests without an API key; those of a backend with its key; wrong keys, demo words and passes. */
  | 'request'
  | 'backend'
  | 'guess'
  /** Requests of backends with an `Idempotency-Key`: each is a record for a day. */
  | 'idempotency'

/** Who spends. An absent scope is not counted. */
export interface Spender {
  /** `participantKey`. */
  readonly participant?: string
  /** As in `Arrival`. */
  readonly address?: string
}

export interface Allowances {
  /** Synchronous and in memory. Throws a `rate_limited` Refusal with `afterMs`; then nothing was taken. */
  take(name: AllowanceName, spender: Spender, cost?: number): void
  /** Undoes a `take` that turned out not to count. */
  giveBack(name: AllowanceName, spender: Spender, cost?: number): void
}

/** Signed-in participants count alone, because many may share an address. Guests count by address too, because anybody can make new ones. */
export function spenderOf({ identity, address }: { readonly identity: Identity; readonly address?: string | undefined }): Spender {
  const participant = participantKey(identity)
  return isGuestId(identity.id) && address !== undefined ? { participant, address } : { participant }
}
