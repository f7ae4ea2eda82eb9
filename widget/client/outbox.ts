import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { CommandAnswer } from '../../gateway/protocol/commands.ts'
import type { Body, Message } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { clientId } from './client-id.ts'
import type { Keep } from './keep.ts'
import type { KeptWish } from './kept.ts'
import type { RefusalError } from './refusal-error.ts'
import { signal } from './signal.ts'
import type { OutboxItem } from './types.ts'

export interface OutboxOptions {
  readonly to: string
  readonly keep: Keep
  readonly clock: Clock
  readonly random: () => number
  readonly isConnected: () => boolean
  /** What has to reach the gateway before the item itself: the body to send then. Undefined where nothing has to. */
  readonly upload: (item: OutboxItem, onProgress: (part: number) => boolean) => Promise<Body> | undefined
  readonly send: (item: OutboxItem) => Promise<CommandAnswer<'send'>>
  readonly onSent: (item: OutboxItem, answer: CommandAnswer<'send'>) => void
}

/** An item of another window is left to that window for so long. */
const FOREIGN_MS = 1000
const RETRY_CAP_MS = 10_000
/** A close this soon after sending may be the item's fault … */
const BLAME_MS = 5000
/** … and is, the third time. */
const CUT_COUNT = 3
const QUARANTINED: WireRefusal = {
  code: 'internal', message: 'The line broke each time this was sent.', retry: false,
}

/**
 * What a person wants said in one conversation and the gateway has not confirmed, in the order it was wished.
 *
 * An item: waiting → sending → gone (confirmed) or failed (refused for good, kept until retry or discard). A picture goes up while it
 * waits, in its turn: what was wished later stays behind it.
 * One is under way at a time: the next goes only when the one before is confirmed, so a refusal in between cannot turn the
 * order round. Whatever else happens (no answer, line lost, retryable refusal) it waits and is sent again under the same
 * client id, which changes nothing if it had arrived.
 *
 * Each item is one key of the storage, ordered by a time that never repeats, so the windows of one person share one list:
 * each sends the list in its order, an item of another window only when that one had its chance. Sending twice is harmless,
 * and since no window sends an item before the ones in front of it are gone, order holds whoever sends.
 */
export class Outbox {
  readonly items = signal<readonly OutboxItem[]>([])
  readonly #options: OutboxOptions
  readonly #prefix: string
  readonly #own = new Set<string>()
  readonly #answered = new Set<string>()
  readonly #cuts = new Map<string, number>()
  #flying: string | undefined
  #refusals = 0
  #stopTimer = (): void => {}

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#prefix = `out~${options.to}~`
    for (const key of options.keep.keys(this.#prefix)) this.#take(options.keep.get<KeptWish>(key))
  }

  add(kind: string, body: Body): string {
    const id = clientId(this.#options.random)
    this.#own.add(id)
    this.#put({ id, kind, body, at: this.#nextAt(), state: 'waiting' })
    this.flush()
    return id
  }

  retry(id: string): void {
    const item = this.#find(id)
    if (item?.state !== 'failed') return
    this.#own.add(id)
    this.#cuts.delete(id)
    const { kind, body } = item
    this.#put({ id, kind, body, at: this.#nextAt(), state: 'waiting' })
    this.flush()
  }

  discard(id: string): void {
    if (this.#find(id)?.state !== 'sending') this.confirm([id])
  }

  /** The gateway has these. */
  confirm(ids: readonly string[]): void {
    const held = ids.filter((id) => this.#find(id))
    for (const id of ids) this.#answered.delete(id)
    for (const id of held) this.#options.keep.remove(this.#prefix + id)
    if (held.length) this.items.set(this.items.value.filter(({ id }) => !held.includes(id)))
  }

  /** The timeline is complete: what was answered must be in it. Until then it stays here, or it would vanish for a moment. */
  settle(): void {
    if (this.#answered.size) this.confirm([...this.#answered])
  }

  /**
   * Messages that a gateway confirmed and lost: wished again, under their old ids, before everything else. So is what was
   * answered and is not shown yet: nobody knows by which log.
   */
  offerAgain(messages: readonly Message[]): void {
    for (const item of this.items.value) if (this.#answered.delete(item.id)) this.#put({ ...item, state: 'waiting' })
    const first = (this.items.value[0]?.at ?? this.#options.clock.now()) - messages.length
    messages.forEach(({ id, kind, body }, i) => {
      this.#own.add(id)
      this.#put({ id, kind, body, at: first + i, state: 'waiting' })
    })
    this.flush()
  }

  /** Another window changed one key of ours. */
  onStorage(key: string): void {
    const id = key.slice(this.#prefix.length)
    if (!key.startsWith(this.#prefix) || id === this.#flying || this.#answered.has(id)) return
    const kept = this.#options.keep.get<KeptWish>(key)
    if (kept) this.#take(kept)
    else this.items.set(this.items.value.filter((item) => item.id !== id))
    this.flush()
  }

  /** Sends the first item that waits, if nothing is under way. */
  flush(): void {
    const item = this.items.value.find(({ state }) => state === 'waiting')
    if (!item || this.#flying || !this.#options.isConnected()) return
    const { clock } = this.#options
    this.#stopTimer()
    const patience = this.#own.has(item.id) ? 0 : FOREIGN_MS - Math.abs(clock.now() - item.at)
    if (patience > 0) {
      this.#stopTimer = clock.after(patience, () => this.flush())
      return
    }
    this.#flying = item.id
    const upload = this.#options.upload(item, (progress) => this.#onProgress(item, progress))
    if (!upload) return this.#launch(item)
    upload.then(
      (body) => {
        const uploaded = { ...item, body }
        if (this.#find(item.id)) this.#put(uploaded)
        this.#launch(uploaded)
      },
      (error: RefusalError) => this.#refused(item, error, BLAME_MS),
    )
  }

  /** Waiting still, so that it can be discarded; false: it was. */
  #onProgress(item: OutboxItem, progress: number): boolean {
    const isWanted = this.#find(item.id) !== undefined
    if (isWanted) this.#show({ ...item, body: { ...item.body, progress } as Body })
    return isWanted
  }

  #launch(item: OutboxItem): void {
    if (!this.#find(item.id)) {
      this.#flying = undefined
      return this.flush()
    }
    const { clock } = this.#options
    this.#show({ ...item, state: 'sending' })
    const at = clock.now()
    this.#options.send(item).then(
      (answer) => this.#sent(item, answer),
      (error: RefusalError) => this.#refused(item, error, clock.now() - at),
    )
  }

  stop(): void {
    this.#stopTimer()
  }

  #sent(item: OutboxItem, answer: CommandAnswer<'send'>): void {
    this.#flying = undefined
    this.#refusals = 0
    this.#cuts.delete(item.id)
    this.#answered.add(item.id)
    this.#options.onSent(item, answer)
    this.flush()
  }

  #refused(item: OutboxItem, error: RefusalError, tookMs: number): void {
    this.#flying = undefined
    if (!this.#find(item.id)) return this.flush()
    if (error.code === 'cut' && tookMs < BLAME_MS) this.#cuts.set(item.id, (this.#cuts.get(item.id) ?? 0) + 1)
    const isPoison = (this.#cuts.get(item.id) ?? 0) >= CUT_COUNT
    if (!error.retry || isPoison) {
      const refusal = isPoison ? QUARANTINED : { code: error.code as WireRefusal['code'], message: error.message, retry: false }
      this.#put({ ...item, state: 'failed', refusal })
      return this.flush()
    }
    this.#put({ ...item, state: 'waiting' })
    if (error.code === 'cut' || error.code === 'disconnected') return
    const { clock, random } = this.#options
    const backoff = Math.min(RETRY_CAP_MS, 1000 * 2 ** this.#refusals++)
    this.#stopTimer = clock.after(error.afterMs ?? backoff * (0.5 + random() / 2), () => this.flush())
  }

  #find(id: string): OutboxItem | undefined {
    return this.items.value.find((item) => item.id === id)
  }

  #take(kept: KeptWish | undefined): void {
    if (!kept?.id) return
    const { id, kind, body, at, refusal, cuts } = kept
    if (cuts) this.#cuts.set(id, cuts)
    this.#show(refusal ? { id, kind, body, at, state: 'failed', refusal } : { id, kind, body, at, state: 'waiting' })
  }

  #put(item: OutboxItem): void {
    const { id, kind, body, at, refusal } = item
    const kept: KeptWish = { id, kind, body, at, refusal, cuts: this.#cuts.get(id) }
    this.#options.keep.set(this.#prefix + id, kept)
    this.#show(item)
  }

  #show(item: OutboxItem): void {
    const others = this.items.value.filter(({ id }) => id !== item.id)
    this.items.set([...others, item].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)))
  }

  #nextAt(): number {
    const { value } = this.items
    return Math.max(this.#options.clock.now(), (value[value.length - 1]?.at ?? 0) + 1)
  }
}
