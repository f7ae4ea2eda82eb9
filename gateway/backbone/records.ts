/**
 * What is remembered beside the logs: small values by key in named collections, changed by compare-and-set, gone when they
 * expire. Leases, lists of the blocked, saved replies: whatever fits in a few hundred short items that are read together.
 *
 * Deliberately not here: publishing (say it on the bus after the change), order, search, meaning of a value.
 */
export interface Records {
  /** Everything in `collection` that has not expired by `now`; in no order. A collection nobody wrote to is empty. */
  items(collection: string, now: number): Promise<readonly Item[]>

  /**
   * Puts one item.
   *
   * - With `expect` only where the item has that version now, or, with '', where there is none; an expired one is none.
   *   Of several that expect the same, at once and from any node, one succeeds.
   * - Without `expect` the last to arrive wins.
   * - Durable before it resolves, as an append is.
   * - Idempotent: a driver may send it twice. What was put, and replaced before the second time, answers `isPut: false`.
   */
  put(item: NewItem): Promise<Put>

  /** Takes one item away, with `expect` only in that version. True: it is not there; also where it never was. */
  remove(item: { readonly collection: string; readonly key: string; readonly now: number; readonly expect?: string }): Promise<boolean>
}

export interface Item {
  readonly key: string
  /** Text; the store has no opinion on it. */
  readonly value: string
  /** Another one after each put. Never ''. */
  readonly version: string
}

export interface NewItem {
  readonly collection: string
  readonly key: string
  readonly value: string
  /** Ms since the epoch by the caller's clock: what has expired is judged by it. */
  readonly now: number
  /** From then on it is no more; absent: it stays. */
  readonly expiresAt?: number
  readonly expect?: string
}

/** Refused: `found` is what is there instead, absent where there is nothing. */
export type Put = { readonly isPut: true; readonly version: string } | { readonly isPut: false; readonly found?: Item }
