/**
 * How much one may do in a while: the port. The table and the counting are in doors/admit/ (allowance-table.ts, allowances.ts).
 *
 *   allowances.take('conversation', spenderOf(caller))             one more, or a `rate_limited` refusal with `afterMs`
 *   allowances.take('imageBytes', spenderOf(caller), bytes.length)  costs may be bytes as well as counts
 *
 * A new allowance is a name here and a row in the table. It is counted for each scope that its row has a rate for and the spender names:
 * `participant`, `address`, and `total`, which is everybody together. What one scope refuses is taken from none.
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
  /** Conversations that were not there before. */
  | 'conversation'
  /** `viewing` commands: each costs the store several calls, and every agent of the shop a push. */
  | 'viewing'
  /** Pictures, and their bytes. */
  | 'image'
  | 'imageBytes'
  /** New guests. */
  | 'guest'
  /** Requests to REST of whoever shows no API key; a backend's, with its key; keys, words and passes that were wrong. */
  | 'request'
  | 'backend'
  | 'guess'

/** Who spends. An absent scope is not counted. */
export interface Spender {
  /** `participantKey`. */
  readonly participant?: string
  /** Of an `Arrival`. */
  readonly address?: string
}

export interface Allowances {
  /** Synchronous and in memory. Throws a `rate_limited` Refusal with `afterMs`; then nothing was taken. */
  take(name: AllowanceName, spender: Spender, cost?: number): void
  /** Undoes a `take`: it turned out that this spender does not count. */
  giveBack(name: AllowanceName, spender: Spender, cost?: number): void
}

/** A signed pass counts by its participant alone: many customers may share an address. A guest costs nothing, so it counts by both. */
export function spenderOf({ identity, address }: { readonly identity: Identity; readonly address?: string | undefined }): Spender {
  const participant = participantKey(identity)
  return isGuestId(identity.id) && address !== undefined ? { participant, address } : { participant }
}
