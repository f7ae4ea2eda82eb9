/**
 * Small values beside the logs: key and text in named collections, changed by compare-and-set, deleted when they expire. Leases, blocked
 * people, saved replies: anything that is a few hundred short items which are read together.
 *
 * Not here: publishing (the caller publishes after the change), order, search, the meaning of a value.
 */
export interface Records {
  /** All items of `collection` that have not expired by `now` (ms since the epoch), in no order. An unknown collection is empty. */
  items(collection: string, now: number): Promise<readonly Item[]>

  /**
   * Puts one item.
   *
   * - With `expect` only where the item has that version, or with '' where there is none; an expired item counts as none.
   *   Of several callers that expect the same version, on any node, one succeeds.
   * - Without `expect` the last to arrive wins.
   * - Durable before it resolves, as an append is, unless it is deferred.
   * - Idempotent: a driver may send it twice. If another put came between the two, the second answers `isPut: false`.
   */
  put(item: NewItem): Promise<Put>

  /** Deletes one item, with `expect` only in that version. True: the item is not there now, even if it never was. */
  remove(item: { readonly collection: string; readonly key: string; readonly now: number; readonly expect?: string }): Promise<boolean>
}

export interface Item {
  readonly key: string
  /** Any text; the store does not read it. */
  readonly value: string
  /** Each put makes a new one. Never ''. */
  readonly version: string
}

export interface NewItem {
  readonly collection: string
  readonly key: string
  readonly value: string
  /** The caller's clock in ms since the epoch; items that expired by then count as deleted. */
  readonly now: number
  /** The item expires then, in ms since the epoch; absent: never. */
  readonly expiresAt?: number
  readonly expect?: string
  /** It may become durable only some seconds after the put has resolved, so a process that is killed may take it along. Put without `expect`. */
  readonly isDeferred?: true
}

/** Not put, because another version was there: `found`, absent where there was none. */
export type Put = { readonly isPut: true; readonly version: string } | { readonly isPut: false; readonly found?: Item }
