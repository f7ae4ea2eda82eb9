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
    const { rows, to } = this.#desk.view
    const row = rows.find((each) => each.unread > 0 && each.to !== to)
    if (row) this.#desk.view.goTo(row.to)
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
