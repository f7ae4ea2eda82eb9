import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import type { Conversation, PersonClient } from '../../client/types.ts'

/** A card that comes onto the screen again is asked about anew after this time. */
const FRESH_MS = 60_000
/** A slow backend is asked again after this time, and so many times. */
const AGAIN_MS = 1000
const AGAIN_COUNT = 10

type Answer = Omit<CommandAnswer<'card'>, 'ok'>

interface Known {
  readonly seq: number
  /** By the page's own clock; undefined: not asked yet. */
  askedAt?: number | undefined
  answer?: Answer | undefined
}

export interface CardLookUpsOptions {
  readonly chat: { readonly client: PersonClient | undefined; readonly conversation: Conversation | undefined }
  /** Holds the rendered messages. */
  readonly root: () => ParentNode
}

/**
 * What the shop says now of the cards in the open conversation: asked when a card comes onto the screen, and not otherwise.
 *
 *   rendered ──on the screen──▶ asked ──▶ ready │ empty │ down      on the screen again after FRESH_MS: asked anew
 *                                 └─slow──▶ asked again, AGAIN_COUNT times
 *   off: the conversation has no backend, and nothing more is asked there
 *
 * The last answer is shown until a newer one is there.
 */
export class CardLookUps implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: CardLookUpsOptions
  /** By conversation, and in it by number and client id: ids are their writers' to choose, and after a divergence numbers are others'. */
  readonly #known = new WeakMap<Conversation, Map<string, Known>>()
  readonly #off = new WeakSet<Conversation>()
  readonly #keys = new WeakMap<Element, string>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #observer: IntersectionObserver | undefined

  constructor(host: ReactiveControllerHost, options: CardLookUpsOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  /** The last answer about the card of a message. Called whenever it is rendered. */
  of(id: string, seq: number): Answer | undefined {
    const cards = this.#cards
    const key = keyOf({ id, seq: String(seq) })
    const known = cards?.get(key)
    if (!known) cards?.set(key, { seq })
    return known?.answer
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  hostUpdated(): void {
    const cards = this.#cards
    if (!cards?.size || typeof IntersectionObserver !== 'function') return
    this.#observer ??= new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.#look(this.#keys.get(target))
    })
    for (const node of this.#options.root().querySelectorAll('[data-test=message] .card')) {
      const key = keyOf(node.closest<HTMLElement>('[data-test=message]')!.dataset)
      if (!cards.has(key) || this.#keys.get(node) === key) continue
      this.#keys.set(node, key)
      // anew, because an observer tells nothing of a node that it knows
      this.#observer.unobserve(node)
      this.#observer.observe(node)
    }
  }

  get #cards(): Map<string, Known> | undefined {
    const { conversation } = this.#options.chat
    if (!conversation || this.#off.has(conversation)) return undefined
    let cards = this.#known.get(conversation)
    if (!cards) this.#known.set(conversation, (cards = new Map()))
    return cards
  }

  #look(key: string | undefined): void {
    const { client, conversation } = this.#options.chat
    const card = key === undefined ? undefined : this.#cards?.get(key)
    if (!client || !conversation || !card) return
    if (card.askedAt !== undefined && performance.now() - card.askedAt < FRESH_MS) return
    this.#ask(client, conversation, { card, left: AGAIN_COUNT })
  }

  #ask(client: PersonClient, conversation: Conversation, asked: { readonly card: Known; readonly left: number }): void {
    const { card, left } = asked
    card.askedAt = performance.now()
    client.request('card', { to: conversation.to, seq: card.seq }).then(
      (answer) => {
        if (answer.state === 'off') this.#off.add(conversation)
        if (answer.info || answer.state === 'empty') card.answer = answer
        if (answer.state === 'slow' && left > 0) this.#later(() => this.#ask(client, conversation, { card, left: left - 1 }))
        this.#host.requestUpdate()
      },
      ({ code }: { readonly code?: string }) => {
        // a gateway of before; of any other refusal the next look tries again
        if (code === 'unknown_command') this.#off.add(conversation)
        card.askedAt = undefined
      },
    )
  }

  #later(callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      callback()
    }, AGAIN_MS)
    this.#timers.add(timer)
  }
}

/** Of a message or of its node. */
const keyOf = ({ id, seq }: { readonly [name in 'id' | 'seq']?: string | undefined }): string => `${seq} ${id}`
