import type { Page } from 'playwright-core'

/** What sticks out of its place, became markup or reads the wrong way in the element `tag`: sentences; none where all holds. */
export const layoutFaults = (page: Page, tag: string): Promise<string[]> =>
  page.evaluate((name) => {
    const root = document.querySelector(name)!.shadowRoot!
    const all = (selector: string): HTMLElement[] =>
      [...root.querySelectorAll<HTMLElement>(selector)].filter((each) => each.getClientRects().length > 0)
    const called = (each: Element): string => `${each.tagName}.${each.className} "${each.textContent.trim().slice(0, 20)}"`
    const clips = (each: Element): boolean => {
      const { contain, overflowX, overflowY } = getComputedStyle(each)
      return (overflowX !== 'visible' && overflowY !== 'visible') || /paint|content/.test(contain)
    }
    const isClipped = (inner: Element, place: Element): boolean => clips(inner) || (inner !== place && isClipped(inner.parentElement!, place))
    const faults: string[] = []
    const check = (isFault: boolean, fault: () => string): void => void (isFault && faults.push(fault()))

    const html = document.documentElement
    check(html.scrollWidth > innerWidth, () => `the page scrolls sideways by ${html.scrollWidth - innerWidth}`)
    for (const pane of all('.timeline, .rows, .side-body, .modal-body, .picker, .offers, .panel')) {
      check(pane.scrollWidth > pane.clientWidth, () => `${called(pane)} scrolls sideways by ${pane.scrollWidth - pane.clientWidth}`)
    }
    const heights = new Set(all('.entry').map((row) => row.offsetHeight))
    check(heights.size > 1, () => `rows are ${[...heights].join(', ')} high`)

    for (const place of all('.entry, .bubble, .bar, .header, .service, .toast, .offered, .lines > li, .reply, .note-card, .thing, .card-face')) {
      const { left, right } = place.getBoundingClientRect()
      for (const inner of place.querySelectorAll('*')) {
        const box = inner.getBoundingClientRect()
        const isHidden = inner.closest('.sr') !== null || box.width === 0
        check(
          !isHidden && !isClipped(inner.parentElement!, place) && (box.left < left - 1 || box.right > right + 1),
          () => `${called(inner)} sticks out of ${called(place)}`,
        )
      }
    }
    /* Accents rise above a box without making it larger: what holds a stranger's words must not paint outside itself. */
    for (const holder of all(
      '.entry, .bubble, .row > .name, .who .title, .service-word, .toast > span, .offered p, .line-words > *, .card-face h3',
    )) {
      check(!clips(holder), () => `${called(holder)} paints outside`)
    }
    for (const made of root.querySelectorAll('script, iframe, img[src="x"], [onerror]')) check(true, () => `${called(made)} became markup`)

    for (const time of all('time')) {
      const text = document.createTreeWalker(time, NodeFilter.SHOW_TEXT)
      while (text.nextNode() && !/\d\d/.test(text.currentNode.nodeValue!)) continue
      const at = text.currentNode.nodeValue?.search(/\d\d/) ?? -1
      if (at < 0) continue
      const [first, second] = [at, at + 1].map((from) => {
        const range = document.createRange()
        range.setStart(text.currentNode, from)
        range.setEnd(text.currentNode, from + 1)
        return range.getBoundingClientRect().left
      })
      check(first! >= second!, () => `${called(time)} is turned`)
    }
    return faults
  }, tag)
