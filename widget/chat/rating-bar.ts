import { html, nothing, type CSSResult, type LitElement, type TemplateResult } from 'lit'
import type { RefusalError } from '../client/refusal-error.ts'
import type { Conversation, PersonClient } from '../client/types.ts'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'
import { icons } from '../ui/icons.ts'
import { ClientFollower } from '../ui/client-follower.ts'
import { ratingStyle } from './rating-style.ts'

const SCORES = [1, 2, 3, 4, 5] as const
type State = 'idle' | 'asked' | 'sending' | 'thanked'

/** How long the thanks are shown. */
const THANKS_MS = 4000

/** Asks how a conversation with a shop was, once it is closed. */
export interface RatingBar {
  readonly style: CSSResult
  /** To be called at each render. */
  use(client: PersonClient | undefined): void
  about(conversation: Conversation | undefined): void
  view(strings: Strings): TemplateResult | typeof nothing
}

/**
 *   idle ──closed, and not rated yet──▶ asked (a star is chosen, words may be) ──send──▶ sending ──▶ thanked ──▶ idle
 *                                         └──dismiss──▶ idle                               └──refused──▶ asked, with why
 */
class Rating extends ClientFollower implements RatingBar {
  readonly style = ratingStyle
  #conversation: Conversation | undefined
  #state: State = 'idle'
  #score = 0
  #words = ''
  #hasFailed = false
  #timer: ReturnType<typeof setTimeout> | undefined

  about(conversation: Conversation | undefined): void {
    if (conversation === this.#conversation) return
    this.#conversation = conversation
    this.forget()
    if (this.isLive) this.ask()
  }

  view(strings: Strings): TemplateResult | typeof nothing {
    const { rating, dismiss, send } = strings
    if (this.#state === 'idle') return nothing
    if (this.#state === 'thanked') return html`<div class="rating" part="rating" data-test="rating" role="status">${rating.thanks}</div>`
    const score = this.#score
    const isSending = this.#state === 'sending'
    return html`<div class="rating" part="rating" data-test="rating" role="group" aria-label=${rating.ask}>
      <div class="rating-row">
        <span>${rating.ask}</span>
        <span class="rating-acts"><span role="radiogroup" aria-label=${rating.ask}>${SCORES.map(
          (
            each,
          ) => html`<label class=${each <= score ? 'on' : ''} title=${rating.scores[each - 1]!}><input type="radio" name="im-rating" data-test=${`rate-${each}`}
            aria-label=${fill(rating.score, { n: each, score: rating.scores[each - 1]! })} .checked=${each === score} ?disabled=${isSending}
            @change=${() => this.#choose(each)}><span aria-hidden="true">${each <= score ? '★' : '☆'}</span></label>`,
        )}</span>
        <button type="button" class="plain" data-test="rating-dismiss" title=${dismiss} aria-label=${dismiss} @click=${() => this.#set('idle')}>${icons.close}</button></span>
      </div>
      ${
        score === 0
          ? nothing
          : html`<div class="rating-row">
        <input type="text" data-test="rating-words" maxlength=${this.#conversation!.limits.ratingLength} placeholder=${rating.words} aria-label=${rating.words}
          dir="auto" ?disabled=${isSending} .value=${this.#words} @input=${this.#onInput} @keydown=${this.#onKey}>
        <button type="button" data-test="rating-send" ?disabled=${isSending} @click=${() => void this.#send()}>${send}</button>
      </div>`
      }
      ${this.#hasFailed ? html`<div class="rating-trouble" role="alert">${rating.failed}</div>` : nothing}
    </div>`
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('mayRatePush', ({ conversation, mayRate }) => {
        if (conversation === this.#conversation?.id) this.#take(mayRate)
      }),
    ]
  }

  protected override ask(): void {
    const { client } = this
    const conversation = this.#conversation
    if (!client || !conversation) return
    client.request('mayRate', { to: conversation.to }).then(({ mayRate }) => {
      if (conversation === this.#conversation) this.#take(mayRate)
    }, this.askLater)
  }

  protected override forget(): void {
    this.#score = 0
    this.#words = ''
    this.#hasFailed = false
    this.#state = 'idle'
    clearTimeout(this.#timer)
  }

  /** What was chosen and written stays while it may be sent. */
  #take(mayRate: boolean): void {
    if (mayRate && this.#state === 'idle') this.#set('asked')
    else if (!mayRate && this.#state === 'asked') this.#set('idle')
  }

  #set(state: State): void {
    if (state === 'idle') this.forget()
    this.#state = state
    this.update()
  }

  #choose(score: number): void {
    this.#score = score
    this.update()
  }

  readonly #onInput = ({ target }: Event): void => {
    this.#words = (target as HTMLInputElement).value
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    // the panel's own keys, and Enter of an input method, are none of it
    event.stopPropagation()
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    void this.#send()
  }

  async #send(): Promise<void> {
    const { client } = this
    const conversation = this.#conversation
    if (!client || !conversation || this.#state === 'sending') return
    this.#hasFailed = false
    this.#set('sending')
    const text = this.#words.trim()
    let state: State = 'thanked'
    try {
      await client.request('rate', { to: conversation.to, score: this.#score, ...(text === '' ? {} : { text }) })
    } catch (error) {
      // it was rated in another window, or is open again
      state = (error as RefusalError).code === 'conflict' ? 'idle' : 'asked'
      this.#hasFailed = state === 'asked'
    }
    if (conversation !== this.#conversation || client !== this.client) return
    this.#set(state)
    if (state === 'thanked') this.#timer = setTimeout(() => this.#set('idle'), THANKS_MS)
  }
}

export const ratingBar = (element: LitElement): RatingBar => new Rating(element)
