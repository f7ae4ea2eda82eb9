/**
 * A move of everything from one store into another, empty one, while no gateway runs. Logs stay what they are: epoch, numbers, ids, times and links, so that
 * clients go on where they were.
 *
 * Not here: how either side stores it.
 */
import type { Cursor, Head, Message } from '../protocol/model.ts'
import type { Mute } from './backbone.ts'
import { DataError } from './data-error.ts'

export interface MovedConversation {
  readonly conversation: string
  readonly head: Head
  /** Time of the newest entry, also where it is not stored any more, in ms since the epoch. */
  readonly at: number
  readonly cursors: Readonly<Record<string, Cursor>>
  readonly names: Readonly<Record<string, string>>
  readonly assignment?: MovedAssignment
  /** All entries, ascending, in portions of at most a megabyte. */
  portions(): Iterable<readonly Message[]>
}

export interface MovedAssignment {
  readonly version: string
  readonly text: string
  readonly phase: string
  readonly muted: readonly Mute[]
}

export interface MovedRecord {
  readonly collection: string
  readonly key: string
  readonly value: string
  readonly version: string
  /** Ms since the epoch; absent: never. */
  readonly expiresAt?: number
}

export interface MovedImage {
  readonly id: string
  readonly type: string
  readonly bytes: Buffer
  /** When it ends unless a message names it, in ms since the epoch; absent: one does. */
  readonly expiresAt?: number
}

/** Each may be read again, and yields the same. */
export interface MoveSource {
  conversations(): Iterable<MovedConversation>
  records(): Iterable<MovedRecord>
  images(): Iterable<MovedImage>
  close(): Promise<void>
}

/** The `has…` methods say whether the target has exactly that; each `put…` may be repeated. */
export interface MoveTarget {
  /**
   * Requires that the target is empty, and marks it, so that no gateway uses it before the end. What a move that did not finish left there is removed.
   * Rejects with `DataError`.
   */
  begin(): Promise<void>
  /** Resolves with the count of its messages. */
  putConversation(conversation: MovedConversation): Promise<number>
  putRecord(record: MovedRecord): Promise<void>
  putImage(image: MovedImage): Promise<void>
  /** How many of its messages are there; undefined: not the same head. */
  messageCount(conversation: MovedConversation): Promise<number | undefined>
  hasRecord(record: MovedRecord): Promise<boolean>
  hasImage(image: MovedImage): Promise<boolean>
  /** Removes the mark. Rejects with `DataError` where somebody else has touched the target. */
  end(): Promise<void>
  close(): void
}

export interface MoveCounts {
  conversations: number
  messages: number
  records: number
  images: number
}

const none = (): MoveCounts => ({ conversations: 0, messages: 0, records: 0, images: 0 })

/** So much is under way at once; a picture may have 4 MB. */
const AT_ONCE = 32
const IMAGES_AT_ONCE = 4

/**
 * Copies everything, then reads the target and compares. Calls `progress` with what has been copied so far, after each piece. Resolves with the counts, which are the same on both
 * sides; rejects with `DataError` where they are not. One that was interrupted is begun again by the next.
 */
export async function move(
  source: MoveSource,
  target: MoveTarget,
  { now, progress }: { now: number; progress: (counts: MoveCounts) => void },
): Promise<MoveCounts> {
  await target.begin()
  const copied = none()
  const isLive = ({ expiresAt = Infinity }: { readonly expiresAt?: number }): boolean => expiresAt > now
  await each(source.conversations(), async (conversation) => {
    copied.messages += await target.putConversation(conversation)
    copied.conversations++
    progress(copied)
  })
  await each(source.records(), async (record) => {
    if (!isLive(record)) return
    await target.putRecord(record)
    copied.records++
    progress(copied)
  })
  await each(
    source.images(),
    async (image) => {
      if (!isLive(image)) return
      await target.putImage(image)
      copied.images++
      progress(copied)
    },
    IMAGES_AT_ONCE,
  )
  const [before, after] = await compare(source, target, isLive)
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    throw new DataError(`Not everything arrived: ${said(after)} of ${said(before)}. Nothing was lost here; start the move again.`)
  }
  await target.end()
  return after
}

async function compare(
  source: MoveSource,
  target: MoveTarget,
  isLive: (one: MovedRecord | MovedImage) => boolean,
): Promise<[MoveCounts, MoveCounts]> {
  const [before, after] = [none(), none()]
  await each(source.conversations(), async (conversation) => {
    before.conversations++
    for (const messages of conversation.portions()) before.messages += messages.length
    const found = await target.messageCount(conversation)
    if (found === undefined) return
    after.conversations++
    after.messages += found
  })
  await each(source.records(), async (record) => {
    if (!isLive(record)) return
    before.records++
    if (await target.hasRecord(record)) after.records++
  })
  await each(
    source.images(),
    async (image) => {
      if (!isLive(image)) return
      before.images++
      if (await target.hasImage(image)) after.images++
    },
    IMAGES_AT_ONCE,
  )
  return [before, after]
}

/** A few at once; the source is asked for no more than that. */
export async function each<T>(items: Iterable<T>, run: (item: T) => Promise<void>, atOnce = AT_ONCE): Promise<void> {
  let running: Promise<void>[] = []
  for (const item of items) {
    running.push(run(item))
    if (running.length < atOnce) continue
    await Promise.all(running)
    running = []
  }
  await Promise.all(running)
}

export const said = ({ conversations, messages, records, images }: MoveCounts): string =>
  `${messages} messages in ${conversations} conversations, ${records} records, ${images} pictures`
