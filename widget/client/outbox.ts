import type { Code, WireRefusal } from '../../gateway/protocol/codes.ts'
import type { CommandAnswer } from '../../gateway/protocol/commands.ts'
import type { Body, Message } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { clientId } from './client-id.ts'
import { OutboxStorage } from './outbox-storage.ts'
import type { PictureStore } from './picture-store.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import type { StoredItem } from './stored.ts'
import { wireRefusalOf, type RefusalError } from './refusal-error.ts'
import { signal } from './signal.ts'

/** What the gateway has confirmed so far. */
export interface Confirmed {
  /** Of this side: the other may have copied an id. */
  readonly messages: readonly Message[]
  /** After a repair of the timeline: messages of this person that the gateway confirmed once and no longer has, perhaps none. */
  readonly lost: readonly Message[] | undefined
  /** The timeline has reached the end of the gateway's log. */
  readonly isCaughtUp: boolean
}

export interface OutboxOptions {
  readonly to: string
  readonly storage: ScopedStorage
  /** For what has no room there. */
  readonly pictures?: PictureStore | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly isConnected: () => boolean
  /** Uploads what must reach the gateway before the item; resolves with the body to send. Undefined if nothing must. */
  readonly upload: (item: StoredItem, onProgress: (part: number) => boolean) => Promise<Body> | undefined
  readonly send: (item: StoredItem) => Promise<CommandAnswer<'send'>>
  readonly onSent: (item: StoredItem, answer: CommandAnswer<'send'>) => void
}

/** An item of another window is left to that window for this long. */
const FOREIGN_MS = 1000
const RETRY_CAP_MS = 10_000
/** A close this soon after sending may be the item's fault … */
const BLAME_MS = 5000
/** … and is, the third time. */
const CUT_COUNT = 3
/** A gateway that loses a picture more often than this is not sent it again. */
const ADD_COUNT = 3
/** Of a picture: its item was stored, its bytes have vanished. */
const BYTES_GONE: WireRefusal = { code: 'image_gone', message: 'The picture is no longer on this device.', retry: false }
const QUARANTINED: WireRefusal = {
  code: 'internal',
  message: 'The connection broke each time this was sent.',
  retry: false,
}

/**
 * The messages of one conversation that the gateway has not confirmed, in the order in which the person sent them.
 *
 * An item: waiting → sending → gone (confirmed) or failed (refused for good, stored until retry or discard). A picture is uploaded while it waits, in
 * its turn; later items stay behind it.
 * One item is under way at a time: the next goes only when the previous one is confirmed, so a refusal in between cannot change the order. After any
 * other outcome (no answer, connection lost, temporary refusal) the item waits and is sent again under the same client id, which has no effect if it
 * had arrived.
 *
 * Each item is one storage key, ordered by a time that never repeats, so the windows of one person share one list. Each window sends the list in
 * order, and another window's item only after that window had its chance. Sending twice is harmless, and no window sends an item before the earlier
 * ones are gone, so the order holds whichever window sends.
 */
export class Outbox {
  readonly items = signal<readonly StoredItem[]>([])
  readonly #options: OutboxOptions
  readonly #prefix: string
  readonly #stored: OutboxStorage
  readonly #own = new Set<string>()
  readonly #answered = new Set<string>()
  /** How often each picture that a gateway lost was uploaded again. */
  readonly #added = new Map<string, number>()
  /** Their bytes are being read. */
  readonly #awaited = new Set<string>()
  #underWay: string | undefined
  #refusals = 0
  #stopTimer = (): void => {}

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#prefix = `out~${options.to}~`
    const { storage, clock, pictures } = options
    this.#stored = new OutboxStorage(this.#prefix, { storage, clock, pictures, onChange: (id) => this.#showAgain(id) })
    for (const key of options.storage.keys(this.#prefix)) this.#take(key)
  }

  add(kind: string, body: Body): string {
    const id = clientId(this.#options.random)
    this.#put({ id, kind, body })
    this.#sendNext()
    return id
  }

  retry(id: string): void {
    const item = this.#find(id)
    if (item?.state !== 'failed') return
    this.#put(item)
    this.#sendNext()
  }

  discard(id: string): void {
    if (this.#find(id)?.state === 'sending') return
    this.#remove(new Set([id]))
    this.#sendNext()
  }

  /**
   * Compares the items with the timeline and sends the next one. The conversation calls it at the end of every event, so that nothing is sent while
   * half of an event is applied.
   */
  reconcile({ messages, lost, isCaughtUp }: Confirmed): void {
    if (this.items.value.length > 0) this.#remove(new Set(messages.map(({ id }) => id)))
    if (lost) this.#offerAgain(lost)
    // A complete timeline contains every answered item. Until then the item stays, or its bubble would vanish for a moment.
    if (isCaughtUp) this.#remove(this.#answered)
    this.#sendNext()
  }

  #remove(ids: ReadonlySet<string>): void {
    const { value } = this.items
    const others = value.filter(({ id }) => !ids.has(id))
    if (others.length === value.length) return
    for (const { id, state } of value) {
      if (!ids.has(id)) continue
      this.#stored.remove(id)
      // a picture that hangs holds up nobody once it was cancelled
      if (id === this.#underWay && state === 'waiting') this.#underWay = undefined
      this.#answered.delete(id)
      this.#added.delete(id)
    }
    this.items.set(others)
  }

  /**
   * Queues messages that a gateway confirmed and lost, under their old ids, before everything else. So are items answered but not shown yet, because
   * it is unknown which log has them.
   */
  #offerAgain(messages: readonly Message[]): void {
    for (const item of this.items.value) if (this.#answered.delete(item.id)) this.#store({ ...item, state: 'waiting' })
    const first = (this.items.value[0]?.at ?? this.#options.clock.now()) - messages.length
    messages.forEach((message, i) => this.#put(message, first + i))
  }

  /** Another window changed one of our keys; `value`: its new value. */
  onStorage(key: string, value: string | null): void {
    const id = key.slice(this.#prefix.length)
    if (!key.startsWith(this.#prefix) || id === this.#underWay || this.#answered.has(id)) return
    if (this.#stored.isGone(value)) this.#remove(new Set([id]))
    else if (value !== null) this.#take(key)
  }

  /** Sends the first item that waits, if nothing is under way. */
  #sendNext(): void {
    const item = this.items.value.find(({ state }) => state === 'waiting')
    if (!item || this.#underWay || !this.#options.isConnected()) return
    const { clock, upload } = this.#options
    this.#stopTimer()
    const patience = this.#own.has(item.id) ? 0 : FOREIGN_MS - Math.abs(clock.now() - item.at)
    if (patience > 0) {
      this.#stopTimer = clock.after(patience, () => this.#sendNext())
      return
    }
    if (this.#awaitsBytes(item)) return
    this.#underWay = item.id
    const uploading = upload(item, (progress) => this.#onProgress(item, progress))
    if (!uploading) return this.#launch(item)
    uploading.then(
      (body) => {
        const uploaded = { ...item, body, original: item.body }
        if (this.#find(item.id)) this.#store(uploaded)
        this.#launch(uploaded)
      },
      (error: RefusalError) => this.#refused(item, error, BLAME_MS),
    )
  }

  /** The item still waits, so it can be discarded; returns false if it was. */
  #onProgress(item: StoredItem, progress: number): boolean {
    const isWanted = this.#find(item.id) !== undefined
    // it is on its way again, so no refusal delays it
    const { refusal: _, ...rest } = item
    if (isWanted) this.#show({ ...rest, body: { ...item.body, progress } as Body })
    return isWanted
  }

  #launch(item: StoredItem): void {
    const { clock, send, onSent } = this.#options
    if (!this.#find(item.id)) return this.#finish(item)
    this.#show({ ...item, state: 'sending' })
    const at = clock.uptime()
    send(item).then(
      (answer) => {
        this.#refusals = 0
        this.#answered.add(item.id)
        this.#underWay = undefined
        onSent(item, answer)
      },
      (error: RefusalError) => this.#refused(item, error, clock.uptime() - at),
    )
  }

  stop(): void {
    this.#stopTimer()
  }

  /** The window belongs to another person: the items wait in storage. */
  end(): void {
    this.items.set([])
  }

  #finish({ id }: StoredItem): void {
    if (this.#underWay === id) this.#underWay = undefined
    this.#sendNext()
  }

  #refused(item: StoredItem, error: RefusalError, tookMs: number): void {
    const { code, message, retry, afterMs } = error
    if (!this.#find(item.id)) return this.#finish(item)
    const cuts = (item.cuts ?? 0) + (code === 'cut' && tookMs < BLAME_MS ? 1 : 0)
    const isPoison = cuts >= CUT_COUNT
    if (code === 'image_gone' && item.original && (this.#added.get(item.id) ?? 0) < ADD_COUNT) {
      this.#added.set(item.id, (this.#added.get(item.id) ?? 0) + 1)
      const { original, ...rest } = item
      this.#store({ ...rest, body: original })
      return this.#finish(item)
    }
    if (!retry || isPoison) {
      this.#store({ ...item, state: 'failed', refusal: isPoison ? QUARANTINED : { code: code as Code, message, retry } })
      return this.#finish(item)
    }
    this.#underWay = undefined
    this.#store({ ...item, cuts })
    if (code === 'cut' || code === 'disconnected') return
    const refusal = wireRefusalOf(error)
    if (refusal) this.#show({ ...item, cuts, refusal })
    const { clock, random } = this.#options
    const backoff = Math.min(RETRY_CAP_MS, 1000 * 2 ** this.#refusals++)
    this.#stopTimer = clock.after(afterMs ?? backoff * (0.5 + random() / 2), () => this.#sendNext())
  }

  #find(id: string): StoredItem | undefined {
    return this.items.value.find((item) => item.id === id)
  }

  /** Takes an item that an earlier page or another window stored. */
  #take(key: string): void {
    const stored = this.#stored.read(key, this.#find(key.slice(this.#prefix.length)))
    if (!stored) return
    const item: StoredItem = { ...stored, state: stored.refusal ? 'failed' : 'waiting' }
    this.#show(item)
    this.#awaitsBytes(item)
  }

  /** Whether the item's picture has to come from its store first. If the store cannot tell, the next event asks again. */
  #awaitsBytes(item: StoredItem): boolean {
    if (this.#awaited.has(item.id)) return true
    const completed = this.#stored.complete(item)
    if (!completed) return false
    this.#awaited.add(item.id)
    const settle = (run: () => void): void => {
      this.#awaited.delete(item.id)
      if (this.#find(item.id)) run()
    }
    completed.then(
      (whole) =>
        settle(() => {
          if (whole) this.#show(whole)
          else this.#store({ ...item, state: 'failed', refusal: BYTES_GONE })
          this.#sendNext()
        }),
      () => settle(() => {}),
    )
    return true
  }

  #put({ id, kind, body }: Pick<StoredItem, 'id' | 'kind' | 'body'>, at = this.#nextAt()): void {
    this.#own.add(id)
    this.#store({ id, kind, body, at, state: 'waiting' })
  }

  /** A temporary refusal is not stored: a stored refusal counts as final. */
  #store(item: StoredItem): void {
    const { refusal: _, ...waiting } = item
    this.#show(item)
    this.#stored.write(item.state === 'failed' ? item : waiting)
  }

  #showAgain(id: string): void {
    const item = this.#find(id)
    if (item) this.#show(item)
  }

  #show(item: StoredItem): void {
    const others = this.items.value.filter(({ id }) => id !== item.id)
    const { isOnlyHere: was, ...rest } = item
    const isOnlyHere = this.#stored.isOnlyHere(item.id)
    const shown = isOnlyHere ? { ...rest, isOnlyHere } : was ? rest : item
    this.items.set([...others, shown].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)))
  }

  #nextAt(): number {
    const { value } = this.items
    return Math.max(this.#options.clock.now(), (value[value.length - 1]?.at ?? 0) + 1)
  }
}
