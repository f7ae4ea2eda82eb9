import type { ConversationRow } from '../../../gateway/protocol/model.ts'
import type { DeskContext } from '../desk-context.ts'

/** What keys do in the list and in the composer; each returns false where there is nothing to do, so that the key stays the page's. */
export class Navigation {
  readonly #desk: DeskContext

  constructor(desk: DeskContext) {
    this.#desk = desk
  }

  readonly step = (by: 1 | -1): boolean => {
    const { rows, to } = this.#desk.view
    const at = rows.findIndex((row) => row.to === to)
    const row = rows[at < 0 ? 0 : at + by]
    if (row) this.#desk.view.goTo(row.to)
    return true
  }

  readonly nextUnread = (): boolean => {
    const { mailbox, rows, to } = this.#desk.view
    const isNext = (row: ConversationRow): boolean => row.unread > 0 && row.to !== to
    // with nothing left on the shelf, the queue: who has waited longest
    const waiting = mailbox.rows.filter((row) => row.service?.phase === 'waiting' && isNext(row)).sort((a, b) => a.service!.since - b.service!.since)
    const row = rows.find(isNext) ?? waiting[0]
    if (row) this.#desk.view.goTo(row.to)
    return true
  }

  /** Asks for a picture to send. False while none can be: the script that takes them is fetched with the first conversation. */
  readonly picture = (): boolean => {
    const { element, view } = this.#desk
    const chooser = element.renderRoot.querySelector<HTMLInputElement>('form.composer input[type=file]')
    if (!view.controller.conversation || !chooser) return false
    chooser.click()
    return true
  }

  /** Opens and closes the picker. False where there is none: a phone's keyboard has its own. */
  readonly emoji = (): boolean => {
    const { element, view } = this.#desk
    const button = element.renderRoot.querySelector<HTMLElement>('form.composer .emoji')!
    if (!view.controller.conversation || button.getClientRects().length === 0) return false
    // with the caret in the field the picker would leave it there, and arrows would not reach the emoji
    button.focus()
    button.click()
    return true
  }

  readonly focus = (selector: string): boolean => this.#desk.view.focus(selector)

  /** Not from another field: the text that is written there is not the composer's. */
  readonly send = (): boolean => {
    const {
      element: { renderRoot },
      view: { controller },
    } = this.#desk
    const { activeElement } = renderRoot as ShadowRoot
    const form = renderRoot.querySelector<HTMLFormElement>('form.composer')!
    const isElsewhere = activeElement !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(activeElement.tagName) && !form.contains(activeElement)
    if (!controller.conversation || isElsewhere) return false
    form.querySelector<HTMLElement>('.send')!.click()
    return true
  }
}
