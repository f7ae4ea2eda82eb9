import type { ReactiveControllerHost } from 'lit'
import type { CommandAnswer } from '../../gateway/protocol/commands.ts'
import type { RefusalError } from '../client/refusal-error.ts'
import type { Conversation, PersonClient } from '../client/types.ts'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'
import { timeSpan } from '../locales/time-span.ts'

/** Asked again after this time while the conversation waits. */
const EVERY_MS = 20_000
const MINUTE_MS = 60_000

export interface QueueMoment {
  readonly client: PersonClient | undefined
  readonly conversation: Conversation
  /** The last message is the reader's own, so it may be waiting for an answer. */
  readonly isOwnTurn: boolean
  readonly isShown: boolean
}

export interface QueuePlace {
  /** To be called at each render: asks when something may have changed and somebody looks. */
  use(moment: QueueMoment): void
  /** Undefined where nobody waits, or nothing is known. */
  sentence(words: { readonly strings: Strings; readonly lang: string }): string | undefined
}

/**
 * Where a conversation with a shop stands in the queue. A script of its own: most conversations have an agent at once.
 *
 *   unknown ──own message was last, or the gateway says that it waits──▶ asking ──▶ waiting: asked again every 20 s while somebody looks
 *      ▲                                                                   └──▶ not waiting ◀── the gateway says that an agent has it
 *      └── another conversation, another connection
 */
class Place implements QueuePlace {
  readonly #host: ReactiveControllerHost
  #client: PersonClient | undefined
  #stop: () => void = () => undefined
  #conversation: Conversation | undefined
  #isWaiting: boolean | undefined
  #place: number | undefined
  #usualMs: number | undefined
  #isAsking = false
  /** What is being asked is out of date. */
  #isStale = false
  #dueAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController({ hostDisconnected: () => this.#follow(undefined) })
  }

  use({ client, conversation, isOwnTurn, isShown }: QueueMoment): void {
    if (client !== this.#client) this.#follow(client)
    if (conversation !== this.#conversation) this.#forget()
    this.#conversation = conversation
    const isWanted = this.#isWaiting ?? isOwnTurn
    const isLooking = isShown && document.visibilityState === 'visible' && client?.connection.value.name === 'live'
    if (isWanted && isLooking && !this.#isAsking && performance.now() >= this.#dueAt) void this.#ask(client, conversation)
  }

  sentence({ strings: { queue }, lang }: { readonly strings: Strings; readonly lang: string }): string | undefined {
    if (this.#place === undefined) return undefined
    const place = this.#place === 1 ? queue.next : fill(queue.place, { n: this.#place })
    const usual = this.#usualMs === undefined ? undefined : timeSpan(Math.max(MINUTE_MS, this.#usualMs), lang)
    return usual === undefined ? place : `${place} ${fill(queue.usual, { duration: usual })}`
  }

  #follow(client: PersonClient | undefined): void {
    this.#stop()
    this.#client = client
    this.#forget()
    if (!client) return void (this.#stop = () => undefined)
    const stops = [
      client.onPush('placePush', ({ conversation, isWaiting }) => {
        if (conversation !== this.#conversation?.id) return
        this.#forget()
        this.#isWaiting = isWaiting
        this.#host.requestUpdate()
      }),
      client.connection.subscribe(({ name }) => {
        if (name === 'live') this.#forget()
      }),
    ]
    this.#stop = () => stops.forEach((stop) => stop())
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#isStale = true
    this.#isWaiting = this.#place = this.#usualMs = undefined
    this.#dueAt = 0
  }

  async #ask(client: PersonClient, { to }: Conversation): Promise<void> {
    this.#isAsking = true
    this.#isStale = false
    try {
      const answer = await client.request('place', { to })
      if (!this.#isStale) this.#take(answer)
    } catch (error) {
      // what may work later is asked again; an older gateway does not know the command
      if (this.#isStale) return
      if ((error as RefusalError).retry) this.#askLater()
      else this.#isWaiting = false
    } finally {
      this.#isAsking = false
      this.#host.requestUpdate()
    }
  }

  /** What the gateway has pushed counts before an answer without a place, which may be some seconds old. */
  #take({ place, usualMs }: CommandAnswer<'place'>): void {
    this.#place = place
    this.#usualMs = usualMs
    this.#isWaiting = this.#isWaiting === true || place !== undefined
    if (this.#isWaiting) this.#askLater()
  }

  #askLater(): void {
    this.#dueAt = performance.now() + EVERY_MS
    this.#timer = setTimeout(() => this.#host.requestUpdate(), EVERY_MS + 20)
  }
}

export const queuePlace = (host: ReactiveControllerHost): QueuePlace => new Place(host)
