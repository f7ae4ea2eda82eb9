/**
 * The bytes of the pictures that messages point at. An image never changes, and whoever knows its id may read it: an id has 144 random
 * bits, so nobody guesses one.
 *
 * Not here: what a picture is, how large it may be, who may add one, which messages name it.
 */
export interface Images {
  /**
   * Stores an image and answers its id, `[A-Za-z0-9_-]{24}`.
   *
   * - Durable before it resolves, as an append is.
   * - The same bytes again are another image with another id.
   * - Stored as long as a message written at the same moment: for ever, or until the store's age limit. With `waitMs` it is deleted
   *   after so many ms, unless `keep` is called before.
   * - Refused with `Full` where pictures have used up their share of the room: the rest is for messages.
   */
  put(image: Image, waitMs?: number): Promise<string>

  /**
   * From now on the image is stored as long as a message that is written at this moment.
   *
   * - Resolves with the ms that were left to it (Infinity: it was permanent already), or undefined where there is no such image. A number is a
   *   promise: even if the image's time runs out at the same moment, it is permanent now.
   * - Durable before it resolves. Idempotent: the second call answers Infinity.
   */
  keep(id: string): Promise<number | undefined>

  /** Undoes a `keep`: the image is deleted after `waitMs`. Does nothing where there is no such image. */
  letGo(id: string, waitMs: number): Promise<void>

  /** Deletes the image at once. Idempotent. */
  remove(id: string): Promise<void>

  /** The stored image, its bytes to be read in portions; undefined where there is none. `id` may be any text. */
  get(id: string): Promise<StoredImage | undefined>
}

/** A stored picture that is read in portions: a gateway that answers many slow readers holds one portion for each, never a whole picture. */
export interface StoredImage {
  readonly type: string
  readonly bytesCount: number

  /**
   * Exactly the stored bytes from `from` up to `to` (0 ≤ from < to ≤ bytesCount), as a copy. Rejects with `Unavailable` where the picture
   * was deleted meanwhile.
   */
  read(from: number, to: number): Promise<Buffer>
}

/** `put` rejects with it where there is no room; `message` says of which limit. A retry helps only after something was deleted. */
export class Full extends Error {
  override readonly name = 'Full'
}

export interface Image {
  /** Its media type, without a line break. The store does not check it. */
  readonly type: string
  readonly bytes: Buffer
}
