import { html, nothing, render, type TemplateResult } from 'lit'
import type { Strings } from '../../locales/strings.ts'
import { listen } from '../listen.ts'
import type { PanelHistory } from '../panel-history.ts'
import { Gestures } from './gestures.ts'
import { viewerStyle } from './viewer-style.ts'
import { Zoom } from './zoom.ts'

interface Picture {
  readonly src: string
  readonly label: string
}

export interface ViewerOptions {
  readonly strings: Strings
  /** An entry of the page's history, so that Back closes the viewer. */
  readonly historyOf: (onBack: () => void) => Pick<PanelHistory, 'open' | 'close'>
}

/**
 * A conversation's pictures on the whole screen, above everything (top layer). Escape, the button, a finger that pulls down and Back close it, and
 * the focus returns to where it was. The pictures are those that the conversation shows when it opens.
 */
class PictureViewer {
  readonly #dialog = document.createElement('dialog')
  readonly #strings: Strings
  readonly #pictures: readonly Picture[]
  readonly #history: Pick<PanelHistory, 'open' | 'close'>
  readonly #zoom = new Zoom(() => this.#sizes())
  #at: number
  #hasFailed = false

  constructor({ strings, historyOf }: ViewerOptions, pictures: readonly Picture[], at: number) {
    this.#strings = strings
    this.#history = historyOf(() => this.#dialog.close())
    this.#pictures = pictures
    this.#at = at
  }

  open(place: HTMLElement): void {
    const dialog = this.#dialog
    dialog.className = 'viewer'
    dialog.dataset.test = 'viewer'
    dialog.setAttribute('aria-label', this.#strings.image)
    // the panel must not hear Escape, nor the composer a letter
    listen<KeyboardEvent>(dialog, 'keydown', (event) => {
      event.stopPropagation()
      this.#onKey(event)
    })
    listen(dialog, 'close', () => {
      this.#history.close()
      dialog.remove()
    })
    this.#render()
    // it listens to the stage, and is gone with it
    void new Gestures(this.#stage, {
      zoom: this.#zoom,
      onMoved: (dx, dy) => this.#place(dx, dy),
      onSwiped: (side) => this.#turn(this.#isRightToLeft ? side : -side),
      onDismissed: () => dialog.close(),
    })
    place.append(dialog)
    dialog.showModal()
    this.#history.open()
  }

  get #stage(): HTMLElement {
    return this.#dialog.querySelector('.viewer-stage')!
  }

  get #image(): HTMLImageElement | null {
    return this.#dialog.querySelector('img')
  }

  get #isRightToLeft(): boolean {
    return getComputedStyle(this.#dialog).direction === 'rtl'
  }

  #sizes(): ReturnType<ConstructorParameters<typeof Zoom>[0]> {
    const { clientWidth, clientHeight } = this.#stage
    const image = this.#image
    return { picture: { width: image?.clientWidth ?? 0, height: image?.clientHeight ?? 0 }, stage: { width: clientWidth, height: clientHeight } }
  }

  #onKey(event: KeyboardEvent): void {
    const forwards = this.#isRightToLeft ? 'ArrowLeft' : 'ArrowRight'
    const steps: Readonly<Record<string, () => void>> = {
      ArrowRight: () => this.#turn(forwards === 'ArrowRight' ? 1 : -1),
      ArrowLeft: () => this.#turn(forwards === 'ArrowLeft' ? 1 : -1),
      Home: () => this.#turn(-this.#at),
      End: () => this.#turn(this.#pictures.length - 1 - this.#at),
      '+': () => this.#zoom.by(1.5),
      '=': () => this.#zoom.by(1.5),
      '-': () => this.#zoom.by(1 / 1.5),
      '0': () => this.#zoom.reset(),
    }
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    step()
    this.#place(0, 0)
  }

  #turn(by: number): void {
    const at = this.#at + by
    if (by === 0 || this.#pictures[at] === undefined) return
    this.#at = at
    this.#hasFailed = false
    this.#zoom.reset()
    this.#render()
    this.#place(0, 0)
  }

  /** `dx`, `dy`: how far a finger has dragged it beside its place. */
  #place(dx: number, dy: number): void {
    const { scale, x, y } = this.#zoom
    if (this.#image) this.#image.style.transform = `translate(${x + dx}px, ${y + dy}px) scale(${scale})`
    this.#stage.toggleAttribute('data-zoomed', scale > 1)
  }

  #render(): void {
    const { viewer } = this.#strings
    const count = this.#pictures.length
    const { src, label } = this.#pictures[this.#at]!
    const turn = (name: 'previous' | 'next', by: number, path: string): TemplateResult => html`<button type="button" class="viewer-turn ${
      name === (this.#isRightToLeft ? 'next' : 'previous') ? 'previous' : 'next'
    }" data-test="viewer-${name}" aria-label=${viewer[name]} ?disabled=${this.#pictures[this.#at + by] === undefined}
      @click=${() => this.#turn(by)}>${icon(this.#isRightToLeft ? mirrored(path) : path)}</button>`
    render(
      html`<div class="viewer-bar">
          <span class="viewer-count" aria-live="polite">${count > 1 ? `${this.#at + 1} / ${count}` : nothing}</span>
          <button type="button" data-test="viewer-download" aria-label=${viewer.download} @click=${() => void this.#download(src)}>${icon(DOWNLOAD)}</button>
          <button type="button" data-test="viewer-close" aria-label=${viewer.close} @click=${() => this.#dialog.close()}>${icon(CLOSE)}</button>
        </div>
        <div class="viewer-stage">${
          this.#hasFailed
            ? html`<p role="alert">${viewer.failed}</p>`
            : html`<img src=${src} alt=${label} draggable="false" referrerpolicy="no-referrer" @error=${() => this.#fail()}>`
        }</div>
        ${count > 1 ? [turn('previous', -1, PREVIOUS), turn('next', 1, NEXT)] : nothing}`,
      this.#dialog,
    )
  }

  #fail(): void {
    this.#hasFailed = true
    this.#render()
  }

  /** Another server's file is saved only if its bytes may be read; otherwise it is opened, where the browser can save it. */
  async #download(src: string): Promise<void> {
    try {
      const bytes = await (await fetch(src, { referrerPolicy: 'no-referrer', credentials: 'omit' })).blob()
      const address = URL.createObjectURL(bytes)
      const link = Object.assign(document.createElement('a'), {
        href: address,
        download: `picture-${this.#at + 1}.${bytes.type.split('/')[1] ?? 'jpg'}`,
      })
      link.click()
      setTimeout(() => URL.revokeObjectURL(address), KEPT_MS)
    } catch {
      open(src, '_blank', 'noopener')
    }
  }
}

/** How long a browser may take to begin saving. */
const KEPT_MS = 60_000
const CLOSE = 'M6 6l12 12M18 6L6 18'
const DOWNLOAD = 'M12 4v11m-5-5l5 5 5-5M5 20h14'
const PREVIOUS = 'M15 5l-7 7 7 7'
const NEXT = 'M9 5l7 7-7 7'
const mirrored = (path: string): string => (path === NEXT ? PREVIOUS : NEXT)

const icon = (path: string): TemplateResult => html`<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`

/** Where the pictures of one conversation, or one list, lie. */
const SCOPE = '.timeline, ul, section'
const PICTURES = 'a.picture[href], .picture a[href]:not([hidden])'

const styled = new WeakSet<Node>()

/** Opens the picture of a link in the widget, and with it the others of its conversation. */
export function showPicture(link: HTMLAnchorElement, options: ViewerOptions): void {
  const root = link.getRootNode()
  const links = [...(link.closest(SCOPE) ?? link.parentElement!).querySelectorAll<HTMLAnchorElement>(PICTURES)]
  const pictures = links.map((each) => ({ src: each.href, label: each.querySelector('img')?.alt ?? '' }))
  if (!styled.has(root) && 'adoptedStyleSheets' in root && viewerStyle.styleSheet !== undefined) {
    styled.add(root)
    ;(root as ShadowRoot).adoptedStyleSheets = [...(root as ShadowRoot).adoptedStyleSheets, viewerStyle.styleSheet]
  }
  const place = link.closest<HTMLElement>('.root') ?? (root as ShadowRoot).querySelector<HTMLElement>('.root')
  if (place !== null) new PictureViewer(options, pictures, Math.max(0, links.indexOf(link))).open(place)
}
