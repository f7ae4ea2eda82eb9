/**
 * The bytes of pictures that messages point at. Written once, never changed, read by whoever knows the id, so the id is the
 * key to it: 144 random bits.
 *
 * Deliberately not here: what a picture is, how large it may be, who may add one, which messages name it.
 */
export interface Images {
  /**
   * Keeps an image and answers its id, `[A-Za-z0-9_-]{24}`.
   *
   * - Durable before it resolves, as an append is.
   * - The same bytes again are another image with another id.
   * - Kept as long as a log keeps an entry that is written at the same moment: for ever, or the store's own age limit. With `waitMs` only
   *   for so long, unless `keep` is called before that.
   * - Refused with `Full` where what is left of the room is for messages.
   */
  put(image: Image, waitMs?: number): Promise<string>

  /**
   * From now on an image is stored as long as an entry that is written at this moment.
   *
   * - Resolves with how many ms it would have had left (Infinity: it was permanent already), undefined where it is not there (any more). Whoever is
   *   told a number can rely on it: an image whose time runs out at the same moment is there afterwards, or was not found.
   * - Durable before it resolves. Idempotent; the second time it is permanent already.
   */
  keep(id: string): Promise<number | undefined>

  /** Undoes a `keep`: it has so many ms left again. Nothing happens where it is not there. */
  letGo(id: string, waitMs: number): Promise<void>

  /** What was put; undefined where it never was, or was too long ago. Any text may be asked for. Its bytes are read by portions. */
  get(id: string): Promise<StoredImage | undefined>
}

/** A picture in the store: an answer to many who read slowly, or not at all, holds a portion for each, and never the whole. */
export interface StoredImage {
  readonly type: string
  readonly bytesCount: number

  /**
   * Exactly the bytes that were put from `from` up to `to` (0 ≤ from < to ≤ bytesCount), in memory of their own. Rejects with
   * `Unavailable` where the picture is gone meanwhile: never other bytes, never fewer.
   */
  read(from: number, to: number): Promise<Buffer>
}

/** Thrown (rejected) by a put for which there is no room; `message` says of what. Retrying does not help before something went. */
export class Full extends Error {
  override readonly name = 'Full'
}

export interface Image {
  /** Its media type; no line break in it. The store has no opinion on it. */
  readonly type: string
  readonly bytes: Buffer
}
