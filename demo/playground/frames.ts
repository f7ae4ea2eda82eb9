/** The two pages in which the playground's chat stands: a phone's, with a keyboard that is drawn, and a computer's. */
import type { Faults } from '../qa/faults.ts'
import { styleOf, type Wanted } from './snippet.ts'

interface Chat extends HTMLElement {
  readonly connection: string
  readonly transport: string | undefined
}

type FrameWindow = Window & typeof globalThis & { readonly imQa: { faults(wanted: Partial<Faults>): void; cut(): void } }

/** How much of the phone's 780 px its keyboard takes. */
const KEYBOARD_PX = 290

export interface FrameOptions {
  readonly name: string
  readonly events: readonly string[]
  onEvent(frame: string, type: string, detail: unknown): void
  /** The connection changed, or the page has loaded. */
  onState(): void
}

export class Frame {
  readonly name: string
  readonly #frame: HTMLIFrameElement
  readonly #options: FrameOptions
  #applied: Readonly<Record<string, string | true>> = {}
  #sheet: CSSStyleSheet | undefined
  #marks: CSSStyleSheet | undefined

  constructor(frame: HTMLIFrameElement, options: FrameOptions) {
    this.name = options.name
    this.#frame = frame
    this.#options = options
  }

  /** Resolves when the page is there. */
  async load(address: string): Promise<void> {
    await new Promise((done) => {
      this.#frame.addEventListener('load', done, { once: true })
      this.#frame.src = address
    })
    const { document, CSSStyleSheet: Sheet } = this.#window
    this.#sheet = new Sheet()
    this.#marks = new Sheet()
    document.adoptedStyleSheets = [this.#sheet, this.#marks]
    for (const type of this.#options.events)
      this.#chat.addEventListener(type, (event) => this.#options.onEvent(this.name, type, (event as CustomEvent).detail))
    this.#chat.addEventListener('im-connection', () => this.#options.onState())
    this.#options.onState()
  }

  /** For a page that is there. Attributes that are as they were are left alone, for the element changes `open` itself. */
  apply(wanted: Wanted, isRightToLeft: boolean): void {
    const chat = this.#chat
    for (const name of Object.keys(this.#applied)) if (!(name in wanted.attributes)) chat.removeAttribute(name)
    for (const [name, value] of Object.entries(wanted.attributes))
      if (this.#applied[name] !== value) chat.setAttribute(name, value === true ? '' : value)
    if (!('gateway' in wanted.attributes)) chat.setAttribute('gateway', '/')
    if (!('to' in wanted.attributes)) chat.setAttribute('to', 'shop:42')
    this.#applied = { ...wanted.attributes }
    this.#sheet!.replaceSync(styleOf(wanted))
    this.#window.document.documentElement.dir = isRightToLeft ? 'rtl' : 'ltr'
  }

  /** Draws a line around a part; '' removes it. */
  mark(part: string): void {
    this.#marks?.replaceSync(part === '' ? '' : `im-chat::part(${part}) { outline: 3px solid #e0218a; outline-offset: -1px; }`)
  }

  /** Open connections end, so that the next ones meet the fault. */
  disturb(faults: Partial<Faults>): void {
    this.#window.imQa.faults(faults)
    this.#window.imQa.cut()
  }

  get state(): string {
    const { connection, transport } = this.#chat
    return [connection ?? 'not loaded yet', transport].filter((each) => each !== undefined).join(', ')
  }

  /** Shows and hides `keyboard` as a phone does: while a field has the focus. The page has what is left of the screen. */
  drawKeyboard(keyboard: HTMLElement): void {
    const inner = this.#window.document
    const move = (isUp: boolean): void => {
      keyboard.hidden = !isUp
      this.#frame.style.setProperty('--keyboard', isUp ? `${KEYBOARD_PX}px` : '0px')
    }
    inner.addEventListener('focusin', (event) => move(isField(event.composedPath()[0])), true)
    // a press outside the frame takes its focus, and a phone has no outside
    inner.addEventListener('focusout', () => setTimeout(() => inner.hasFocus() && !isField(focused(inner)) && move(false)), true)
    keyboard.querySelector('button')!.addEventListener('click', () => {
      const field = focused(inner)
      if (isField(field)) field.blur()
      move(false)
    })
  }

  get #window(): FrameWindow {
    return this.#frame.contentWindow as FrameWindow
  }

  get #chat(): Chat {
    return this.#window.document.querySelector<Chat>('im-chat')!
  }
}

/** What has the focus, also inside shadow roots. */
function focused(root: Document | ShadowRoot): Element | null {
  const { activeElement } = root
  return activeElement?.shadowRoot ? focused(activeElement.shadowRoot) : activeElement
}

/** Elements of a frame are not instances of this window's classes. */
const isField = (target: EventTarget | null | undefined): target is HTMLElement =>
  target !== null && target !== undefined && 'matches' in target && (target as Element).matches('textarea, input')
