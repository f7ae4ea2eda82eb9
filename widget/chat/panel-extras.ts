import { html, type CSSResult, type LitElement, type TemplateResult } from 'lit'
import type { Strings } from '../locales/strings.ts'
import { onDemand } from '../ui/on-demand.ts'
import type { News } from './news.ts'
import type { JoinedChat } from './panel-contract.ts'
import type { PersonBlocking } from './person-blocking.ts'
import { RatingQuestion } from './rating-question.ts'

const blockingScript = onDemand(() => import('./person-blocking.ts').then(({ personBlocking }) => personBlocking))
const newsScript = onDemand(() => import('./news.ts').then(({ shopperNews }) => shopperNews))

export interface PanelExtrasOptions {
  readonly element: LitElement
  readonly addStyle: (style: CSSResult) => void
  /** A notification was clicked. */
  readonly onOpen: () => void
}

export interface ExtrasMoment {
  readonly to: string
  readonly isPerson: boolean
  /** The other side's name. */
  readonly title: string
  readonly isShown: boolean
  readonly isMuted: boolean
}

/** What the head of the panel has besides, each a script of its own: blocking a person, how a closed conversation was, and news while nobody looks, once there are messages. */
export class PanelExtras {
  readonly #options: PanelExtrasOptions
  #blocking: PersonBlocking | undefined
  #news: News | undefined
  readonly #rating: RatingQuestion

  constructor(options: PanelExtrasOptions) {
    this.#options = options
    this.#rating = new RatingQuestion(options.element)
  }

  use({ client, conversation, messages, shown }: JoinedChat, { to, isPerson, title, isShown, isMuted }: ExtrasMoment): void {
    if (isPerson) {
      this.#blocking ??= this.#made(blockingScript(this.#options.element)?.(this.#options.element))
      this.#blocking?.use(client)
    }
    // What had come before the connection was live is no news.
    if (shown.name !== 'live' || !conversation) return
    if (messages.length > 0) this.#news ??= this.#made(newsScript(this.#options.element)?.(this.#options.element, this.#options.onOpen))
    this.#news?.use({ messages, to, unread: conversation.unread.value, title, isShown, isMuted })
  }

  /** The chat now belongs to another person. */
  reset(): void {
    this.#news?.reset()
    this.#rating.reset()
  }

  view(
    chat: JoinedChat,
    person: { readonly to: string; readonly name: string; readonly strings: Strings },
  ): {
    readonly tools: TemplateResult
    readonly below: TemplateResult
  } {
    const blocking = this.#blocking?.view(person)
    const { strings } = person
    return {
      tools: html`${blocking?.tools}${this.#news?.tools(strings)}`,
      below: html`${blocking?.below}${this.#rating.view(chat, strings)}${this.#news?.below(strings)}`,
    }
  }

  #made<E extends { readonly style: CSSResult }>(extra: E | undefined): E | undefined {
    if (extra) this.#options.addStyle(extra.style)
    return extra
  }
}
