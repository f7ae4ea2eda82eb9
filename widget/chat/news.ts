import { nothing, type CSSResult, type ReactiveControllerHost, type TemplateResult } from 'lit'
import type { Message } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'
import { Attention } from '../ui/notifications/attention.ts'
import { noticesQuestion } from '../ui/notifications/notices-question.ts'
import { Notifications } from '../ui/notifications/notifications.ts'
import { soundButton } from '../ui/notifications/sound-button.ts'
import { newsStyle } from './news-style.ts'
import { TitleBadge } from '../ui/notifications/title-badge.ts'

export interface NewsMoment {
  readonly messages: readonly Message[]
  /** The other side. */
  readonly to: string
  readonly unread: number
  /** What a notification is called: the shop's name. */
  readonly title: string
  readonly isShown: boolean
  readonly isMuted: boolean
}

export interface News {
  readonly style: CSSResult
  /** To be called at each render. */
  use(moment: NewsMoment): void
  /** The chat now belongs to another person, whose log has numbers of its own. */
  reset(): void
  /** In the header: the sound's button. */
  tools(strings: Strings): TemplateResult
  /** Below it: whether to notify, once there was a reason. */
  below(strings: Strings): TemplateResult | typeof nothing
}

/**
 * How a shopper learns of an answer that nobody sees: a number before the page's title while the page is in the background, a sound, and a desktop
 * notification, about which the panel asks once an answer to the person's own words has come unseen. Phones have no such notifications.
 */
class ShopperNews implements News {
  readonly style = newsStyle
  readonly #attention: Attention
  readonly #notifications: Notifications
  readonly #onOpen: () => void
  #moment: NewsMoment | undefined
  /** The newest message that was there when the person came, or that was told since. */
  #toldSeq: number | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, onOpen: () => void) {
    this.#onOpen = onOpen
    this.#attention = new Attention(host)
    this.#notifications = new Notifications(host, () => this.#moment?.isMuted === true)
    new TitleBadge(host, () => (this.#attention.isHere ? 0 : (this.#moment?.unread ?? 0)))
  }

  use(moment: NewsMoment): void {
    const { messages, to, unread } = moment
    const { notices } = this.#notifications
    if (to !== this.#moment?.to) this.reset()
    this.#moment = moment
    if (unread === 0) notices.withdraw(to)
    const last = messages[messages.length - 1]
    const before = this.#toldSeq
    this.#toldSeq = Math.max(last?.seq ?? 0, before ?? 0)
    if (before === undefined || !last || last.seq <= before || last.side !== to) return
    if (document.visibilityState === 'visible' && moment.isShown) return
    const hasAsked = messages.some(({ side, kind }) => side !== to && kind !== 'system')
    this.#notifications.notify(last.id, { tag: to, title: moment.title, text: last.body.text, onOpen: this.#onOpen, isReason: hasAsked })
  }

  reset(): void {
    this.#notifications.notices.withdrawAll()
    this.#moment = this.#toldSeq = undefined
  }

  tools(strings: Strings): TemplateResult {
    return soundButton(this.#notifications, strings)
  }

  below(strings: Strings): TemplateResult | typeof nothing {
    const { notices } = this.#notifications
    const isDesktop = matchMedia('(hover: hover)').matches
    return isDesktop ? noticesQuestion(notices, strings) : nothing
  }
}

export const shopperNews = (host: ReactiveControllerHost & HTMLElement, onOpen: () => void): News => new ShopperNews(host, onOpen)
