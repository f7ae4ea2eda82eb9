import type { Watermark } from '../backbone.ts'
import { WATERMARKS_COUNT, watermarksKey, watermarksNumber } from './keys.ts'
import type { Router } from './router.ts'

/** How long an entry stays at least, by its server's clock: much longer than a node waits between two reads. */
const KEPT_MS = 30_000
const LINES_COUNT = 1000
const READ_COUNT = 20
/** Conversations that wait for a server that is away. The comparisons with lists find what is beyond. */
const WAITING_COUNT = 20_000
const BEGINNING = '0-0'

interface Stream {
  readonly key: string
  /** The last entry that was read. */
  last: string
  isUnderWay: boolean
}

/**
 * Tells every node up to which number each conversation was written, so that it notices a publish that was lost in silence: also the last one before
 * a pause, which no later one would show.
 *
 * A node notes what it appends. Each second it adds that to short streams in Redis, a line for each conversation, and reads what all nodes have added
 * since the last time. Unlike a channel, a stream is read from where its reader was.
 */
export class Watermarks {
  readonly #router: Router
  readonly #listeners = new Set<{ readonly call: (watermarks: readonly Watermark[]) => void }>()
  readonly #streams: readonly Stream[] = Array.from({ length: WATERMARKS_COUNT }, (_, i) => ({
    key: watermarksKey(i),
    last: BEGINNING,
    isUnderWay: false,
  }))
  #noted = new Map<string, { readonly from: number; seq: number }>()

  constructor(router: Router) {
    this.#router = router
  }

  /** To be called for each append that is answered. */
  note(conversation: string, seq: number): void {
    const noted = this.#noted.get(conversation)
    if (noted === undefined) this.#noted.set(conversation, { from: seq, seq })
    else if (noted.seq < seq) noted.seq = seq
  }

  on(call: (watermarks: readonly Watermark[]) => void): () => void {
    const listener = { call }
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** To be called each second. Rejects where a server is unavailable; what it could not take goes with a later call. */
  async exchange(): Promise<void> {
    const shares: Watermark[][] = this.#streams.map(() => [])
    for (const [conversation, { from, seq }] of this.#noted) shares[watermarksNumber(conversation)]!.push({ conversation, from, seq })
    this.#noted = new Map()
    const results = await Promise.allSettled(this.#streams.map((stream, i) => this.#exchange(stream, shares[i]!)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #exchange(stream: Stream, share: readonly Watermark[]): Promise<void> {
    if (stream.isUnderWay) return this.#noteAgain(share)
    stream.isUnderWay = true
    try {
      await Promise.all([this.#write(stream, share), this.#read(stream)])
    } catch (error) {
      this.#noteAgain(share)
      // another server may hold it by then, whose entries have other numbers
      stream.last = BEGINNING
      throw error
    } finally {
      stream.isUnderWay = false
    }
  }

  #noteAgain(share: readonly Watermark[]): void {
    for (const { conversation, from, seq } of share) {
      if (this.#noted.size >= WAITING_COUNT) return
      const since = this.#noted.get(conversation)
      this.#noted.set(conversation, { from, seq: Math.max(seq, since?.seq ?? 0) })
    }
  }

  async #write({ key, last }: Stream, share: readonly Watermark[]): Promise<void> {
    const oldest = String(Math.max(0, Number.parseInt(last, 10) - KEPT_MS))
    for (let at = 0; at < share.length; at += LINES_COUNT) {
      const lines = share.slice(at, at + LINES_COUNT).map(({ conversation, from, seq }) => `${from} ${seq} ${conversation}`)
      const text = lines.join('\n')
      const args = ['XADD', key, 'MINID', '~', oldest, '*', 'w', text]
      await this.#router.run({ key, keys: [], args, weight: 0.2 + text.length / 5000, parse: () => undefined })
    }
  }

  async #read(stream: Stream): Promise<void> {
    const { key } = stream
    for (;;) {
      const args = ['XRANGE', key, `(${stream.last}`, '+', 'COUNT', String(READ_COUNT)]
      const entries = await this.#router.run({ key, keys: [], args, weight: 0.5, parse: (reply) => reply as readonly Entry[] })
      stream.last = entries.at(-1)?.[0] ?? stream.last
      const watermarks = entries.flatMap(([, [, text = '']]) => watermarksOf(text))
      if (watermarks.length > 0) for (const { call } of this.#listeners) call(watermarks)
      if (entries.length < READ_COUNT) return
    }
  }
}

type Entry = readonly [id: string, fields: readonly string[]]

function watermarksOf(text: string): Watermark[] {
  return text.split('\n').flatMap((line) => {
    const [from, seq, conversation] = line.split(' ')
    return conversation === undefined ? [] : [{ conversation, from: Number(from), seq: Number(seq) }]
  })
}
