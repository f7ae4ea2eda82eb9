/**
 * What one of the operator's backends has answered, by what was asked. Nobody waits long for a backend that is slow or down:
 *
 *   unknown ──request──▶ requested ──answer──▶ ready | empty ──FRESH_MS──▶ old, requested again
 *                          │ after SLOW_MS the caller gets `slow`; the request goes on, and the next call finds its answer
 *                          └──failure──▶ down for DOWN_MS, then requested again
 *
 * The last answer is used until a newer one arrives. At most one request for a key is under way, however many ask.
 */
import { LRUCache } from 'lru-cache'

const SLOW_MS = 700
const FRESH_MS = 30_000
const DOWN_MS = 2000
/** Requests under way at once; further calls get `slow`. */
const REQUEST_COUNT = 64
const KNOWN_COUNT = 2000
/** Length of all remembered answers, as JSON. */
const KNOWN_LENGTH = 16_000_000

export interface BackendAnswersOptions {
  /** Ms since the epoch. */
  readonly now: () => number
  /** Ms on a clock that never steps. */
  readonly uptime: () => number
  /** Resolves after `ms`; after `signal` has aborted its outcome is ignored. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** `at`: when the backend answered, in ms since the epoch. `slow` and `down` come with the older answer, where there is one. */
export interface Outcome<T> {
  readonly state: 'ready' | 'slow' | 'down' | 'empty'
  readonly info?: T
  readonly at?: number
}

/** The outcome of the last request, and the last answer if that request failed. */
interface Known<T> {
  readonly info?: T | undefined
  /** When the backend answered, in ms since the epoch, and by `uptime`; absent: it has not answered yet. */
  readonly at?: number
  readonly answeredAt?: number
  /** By `uptime`; absent: the last request was answered. */
  readonly failedAt?: number
}

export class BackendAnswers<T extends {}> {
  readonly #options: BackendAnswersOptions
  readonly #known = new LRUCache<string, Known<T>>({ max: KNOWN_COUNT, maxSize: KNOWN_LENGTH, sizeCalculation: lengthOf })
  /** Requests under way. They never reject. */
  readonly #requests = new Map<string, Promise<Known<T>>>()

  constructor(options: BackendAnswersOptions) {
    this.#options = options
  }

  /** How many answers are remembered, and how long they are as JSON. */
  get size(): { readonly count: number; readonly length: number } {
    return { count: this.#known.size, length: this.#known.calculatedSize }
  }

  /** A fresh answer, or what there is after SLOW_MS. */
  async look(key: string, ask: () => Promise<T | undefined>): Promise<Outcome<T>> {
    const known = this.#known.get(key)
    const now = this.#options.uptime()
    if (known?.answeredAt !== undefined && now - known.answeredAt < FRESH_MS) return outcomeOf(known)
    let request = this.#requests.get(key)
    if (request === undefined) {
      if (known?.failedAt !== undefined && now - known.failedAt < DOWN_MS) return { ...infoOf(known), state: 'down' }
      if (this.#requests.size >= REQUEST_COUNT) return { ...infoOf(known), state: 'slow' }
      request = this.#ask(key, ask)
    }
    const answered = new AbortController()
    const answer = await Promise.race([request, this.#options.wait(SLOW_MS, answered.signal).then(() => undefined)])
    answered.abort()
    return answer === undefined ? { ...infoOf(this.#known.peek(key)), state: 'slow' } : outcomeOf(answer)
  }

  /** What is known at once, however old; it is asked for anew meanwhile. Waits, as `look` does, only for a first answer, and not after a failure. */
  async recent(key: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.#known.get(key)
    const looking = this.look(key, ask)
    return known === undefined ? (await looking).info : known.info
  }

  /** The answer is known without a request; one that is under way may bring what was there before, and counts no more. */
  learn(key: string, info: T | undefined): void {
    this.#requests.delete(key)
    this.#known.set(key, { info, at: this.#options.now(), answeredAt: this.#options.uptime() })
  }

  /** Whatever is known under keys that `isGone` is forgotten; a request under way is answered and not remembered. */
  forget(isGone: (key: string) => boolean): void {
    for (const key of [...this.#known.keys()]) if (isGone(key)) this.#known.delete(key)
    for (const key of [...this.#requests.keys()]) if (isGone(key)) this.#requests.delete(key)
  }

  #ask(key: string, ask: () => Promise<T | undefined>): Promise<Known<T>> {
    const { now, uptime } = this.#options
    const request: Promise<Known<T>> = ask()
      .then(
        (info): Known<T> => ({ info, at: now(), answeredAt: uptime() }),
        (): Known<T> => ({ ...this.#known.peek(key), failedAt: uptime() }),
      )
      .then((known) => {
        if (this.#requests.get(key) !== request) return this.#known.peek(key) ?? known
        this.#requests.delete(key)
        this.#known.set(key, known)
        return known
      })
    this.#requests.set(key, request)
    return request
  }
}

const lengthOf = ({ info = {} }: Known<unknown>): number => JSON.stringify(info).length

/** The newest answer, or `down` with the one before it if the newest request failed. */
function outcomeOf<T>(known: Known<T>): Outcome<T> {
  if (known.failedAt !== undefined) return { ...infoOf(known), state: 'down' }
  return known.info === undefined ? { state: 'empty', at: known.at! } : { ...infoOf(known), state: 'ready' }
}

const infoOf = <T>({ info, at }: Known<T> = {}): Pick<Outcome<T>, 'info' | 'at'> => (info === undefined || at === undefined ? {} : { info, at })
