import type { ReactiveController, ReactiveControllerHost } from 'lit'

const BADGE = /^\(\d+\+?\) /

/** The unread count before the page's title, "(3) Desk"; gone when it is 0 or the element leaves. The page may change its title at will. */
export class TitleBadge implements ReactiveController {
  readonly #count: () => number

  constructor(host: ReactiveControllerHost, count: () => number) {
    this.#count = count
    host.addController(this)
  }

  hostUpdated(): void {
    this.#write(this.#count())
  }

  hostDisconnected(): void {
    this.#write(0)
  }

  #write(count: number): void {
    const plain = document.title.replace(BADGE, '')
    const title = count > 0 ? `(${count > 99 ? '99+' : count}) ${plain}` : plain
    if (title !== document.title) document.title = title
  }
}
