import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** What each element of the page counts; the title shows the greatest, because two of them may count the same messages. */
const counts = new Map<object, number>()
/** What was put before the page's own title; '': nothing. */
let badgeShown = ''

/**
 * The title is the page's. It may have changed it meanwhile, with or without what was put there; then its new one counts. Whatever else it begins with
 * stays, so that it is back to the letter when nothing is unread.
 */
function write(): void {
  const count = Math.max(0, ...counts.values())
  const { title } = document
  const own = title.indexOf(badgeShown) === 0 ? title.slice(badgeShown.length) : title
  const badge = count > 0 ? `(${count > 99 ? '99+' : count}) ` : ''
  badgeShown = badge
  if (badge + own !== title) document.title = badge + own
}

/** The unread count before the page's title, "(3) Desk"; gone when it is 0 or the element leaves. */
export class TitleBadge implements ReactiveController {
  readonly #count: () => number

  constructor(host: ReactiveControllerHost, count: () => number) {
    this.#count = count
    host.addController(this)
  }

  hostUpdated(): void {
    this.#tell(this.#count())
  }

  hostDisconnected(): void {
    this.#tell(0)
  }

  #tell(count: number): void {
    if (count > 0) counts.set(this, count)
    else counts.delete(this)
    if (count > 0 || badgeShown) write()
  }
}
