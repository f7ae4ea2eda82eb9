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
   * - Kept as long as a log keeps an entry that is written at the same moment: for ever, or the store's own age limit.
   */
  put(image: Image): Promise<string>

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

export interface Image {
  /** Its media type; no line break in it. The store has no opinion on it. */
  readonly type: string
  readonly bytes: Buffer
}
