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

  /** Exactly what was put; undefined where it never was, or was too long ago. Any text may be asked for. */
  get(id: string): Promise<Image | undefined>
}

export interface Image {
  /** Its media type; no line break in it. The store has no opinion on it. */
  readonly type: string
  readonly bytes: Buffer
}
