import { html, nothing, render, type TemplateResult } from 'lit'
import type { Strings } from '../../locales/strings.ts'
import { listen } from '../../ui/listen.ts'
import { onDemand } from '../../ui/on-demand.ts'
import type { EnterChoice } from './enter-choice.ts'
import { moveInGrid } from './move-in-grid.ts'

/** What a button of the composer opens: things to send, emoji, what Enter does. */
export type TrayKind = 'more' | 'emoji' | 'enter'

/** Something that the page offers to send. */
export interface Sendable {
  readonly kind: string
  readonly label: string
  readonly detail: string
  readonly send: () => void
}

export interface TrayOptions {
  readonly strings: Strings
  readonly enter: EnterChoice
  readonly offers: readonly Sendable[]
  /** Puts text at the caret of the composer. */
  readonly insert: (text: string) => void
}

interface Open {
  readonly kind: TrayKind
  readonly options: TrayOptions
}

/** A finger that moves farther scrolls. */
const SLOP_PX = 10

/** About seven rows. */
const MOST_PX = 330

const emojiScript = onDemand(() => import('./emoji-picker.ts').then(({ emojiPicker }) => emojiPicker))

const trays = new WeakMap<HTMLFormElement, Tray>()

/** Opens what `kind` names above the composer, or closes it where it is open. */
export function toggleTray(form: HTMLFormElement, kind: TrayKind, options: TrayOptions): void {
  let tray = trays.get(form)
  if (!tray) trays.set(form, (tray = new Tray(form)))
  tray.toggle({ kind, options })
}

/**
 * closed ──a button──▶ open ──its button, Escape, a press elsewhere, a choice──▶ closed
 *
 * A press in it never takes the focus from the field, so a soft keyboard stays. Where the field has no focus, the first choice gets it: then
 * arrows move it, and Escape gives it back to the button.
 */
class Tray {
  readonly #form: HTMLFormElement
  readonly #box: HTMLElement
  #open: Open | undefined
  #stops: (() => void)[] = []

  constructor(form: HTMLFormElement) {
    this.#form = form
    this.#box = form.querySelector<HTMLElement>('.tray')!
    this.#listen()
  }

  /** An open one gets new words with the next render of its element. */
  requestUpdate(): void {
    if (this.#open) this.#show(this.#open)
  }

  toggle(next: Open): void {
    const isSame = this.#open?.kind === next.kind
    this.#close()
    if (isSame) return
    if (next.kind === 'more' && next.options.offers.length === 0 && !hasCamera()) return this.#pick(false)
    this.#show(next)
    const outside = (event: Event): void => {
      const path = event.composedPath()
      if (!path.includes(this.#box) && !this.#buttons.some((each) => path.includes(each))) this.#close()
    }
    this.#stops = [
      listen(document, 'mousedown touchstart', outside, { capture: true, passive: true }),
      listen(document, 'focusin', outside, { capture: true }),
      // what it offers is the person's who opened it
      listen((this.#form.getRootNode() as ShadowRoot).host, 'im-person', () => this.#close()),
    ]
  }

  get #buttons(): readonly Element[] {
    return [...this.#form.querySelectorAll('.more, .emoji, .send, textarea')]
  }

  #show(open: Open): void {
    this.#open = open
    this.#box.dataset.kind = open.kind
    this.#button(open.kind).setAttribute('aria-expanded', 'true')
    const section = this.#form.closest<HTMLElement>('section') ?? this.#form
    const room = Math.max(96, section.offsetHeight - this.#form.offsetHeight - 12)
    this.#box.style.setProperty('--room', `${Math.min(room, MOST_PX)}px`)
    render(this.#view(open), this.#box)
    if (!this.#isWriting && !this.#box.contains(this.#active)) this.#choices[0]?.focus({ preventScroll: true })
  }

  #close(): void {
    if (!this.#open) return
    const { kind } = this.#open
    const hadFocus = this.#box.contains(this.#active)
    this.#open = undefined
    for (const stop of this.#stops) stop()
    this.#button(kind).removeAttribute('aria-expanded')
    if (hadFocus) this.#button(kind).focus({ preventScroll: true })
    render(nothing, this.#box)
  }

  #view({ kind, options }: Open): TemplateResult | typeof nothing {
    if (kind === 'more') return this.#menu(options)
    if (kind === 'enter') return choice(options)
    const picker = emojiScript(this)
    return picker ? picker.view(options.strings) : nothing
  }

  #menu({ offers, strings }: TrayOptions): TemplateResult {
    const item = (
      name: string,
      label: string,
      detail = '',
    ): TemplateResult => html`<button type="button" role="menuitem" tabindex="-1" data-test=${name}
      data-do=${name}><span dir="auto">${label}</span>${detail ? html`<small dir="auto">${detail}</small>` : nothing}</button>`
    return html`<div class="sheet" part="tray" data-test="tray" role="menu" aria-label=${strings.more}>
      ${item('picture', strings.image)}${hasCamera() ? item('camera', strings.camera) : nothing}
      ${offers.map(({ detail, kind, label }, index) => item(`send-${kind} ${index}`, label, detail))}
    </div>`
  }

  #act(button: HTMLElement, isByKey: boolean): void {
    const { enter, insert, offers } = this.#open!.options
    const [what, index] = button.dataset.do!.split(' ')
    if (what === 'picture' || what === 'camera') this.#pick(what === 'camera')
    else if (what === 'emoji') {
      const emoji = button.textContent.trim()
      emojiScript(this)?.used(emoji)
      if (isByKey) this.#close()
      return insert(emoji)
    } else if (what === 'enter') enter.value = index as 'send' | 'newline'
    else offers[Number(index)]?.send()
    this.#close()
  }

  #pick(isCamera: boolean): void {
    const input = this.#form.querySelector<HTMLInputElement>('input[type=file]')
    if (isCamera) input?.setAttribute('capture', 'environment')
    else input?.removeAttribute('capture')
    input?.click()
  }

  #listen(): void {
    const box = this.#box
    let start: Touch | undefined
    const pressed = ({ target }: Event): HTMLElement | null => (target as Element).closest<HTMLElement>('button')
    listen<TouchEvent>(box, 'touchstart', ({ touches }) => (start = touches.length === 1 ? touches[0] : undefined), { passive: true })
    listen<TouchEvent>(
      box,
      'touchmove',
      ({ touches: [now] }) => {
        if (start && now && Math.hypot(now.clientX - start.clientX, now.clientY - start.clientY) > SLOP_PX) start = undefined
      },
      { passive: true },
    )
    listen<TouchEvent>(
      box,
      'touchend',
      (event) => {
        const button = start && pressed(event)
        start = undefined
        // a picker of files asks for a whole click
        if (!button || /^(picture|camera)/.test(button.dataset.do!)) return
        if (event.cancelable) event.preventDefault()
        this.#act(button, false)
      },
      { passive: false },
    )
    listen(box, 'mousedown', (event) => event.preventDefault())
    listen<MouseEvent>(box, 'click', (event) => {
      const button = pressed(event)
      if (button) this.#act(button, event.detail === 0)
    })
    listen<KeyboardEvent>(this.#form, 'keydown', (event) => this.#onKeydown(event))
  }

  #onKeydown(event: KeyboardEvent): void {
    if (!this.#open || event.isComposing || event.keyCode === 229) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      this.#close()
    } else if (this.#box.contains(this.#active)) {
      if (event.key === 'Tab') this.#close()
      else if (moveInGrid(event.key, this.#choices, this.#active as HTMLElement)) event.preventDefault()
    }
  }

  get #choices(): readonly HTMLElement[] {
    return [...this.#box.querySelectorAll<HTMLElement>('button')]
  }

  get #active(): Element | null {
    return (this.#form.getRootNode() as ShadowRoot | Document).activeElement
  }

  get #isWriting(): boolean {
    return this.#active?.tagName === 'TEXTAREA'
  }

  #button(kind: TrayKind): HTMLElement {
    return this.#form.querySelector<HTMLElement>(`.${kind === 'enter' ? 'send' : kind}`)!
  }
}

/** Computers open the same window for files. */
const hasCamera = (): boolean => window.matchMedia?.('(pointer: coarse)').matches === true

const choice = ({
  enter,
  strings,
}: TrayOptions): TemplateResult => html`<div class="sheet" part="tray" data-test="tray" role="menu" aria-label=${strings.send}>
  ${(['send', 'newline'] as const).map(
    (value) => html`<button type="button" role="menuitemradio" tabindex="-1" aria-checked=${enter.value === value} data-test="enter-${value}"
      data-do="enter ${value}">${value === 'send' ? strings.enterSends : strings.enterBreaks}</button>`,
  )}
</div>`
