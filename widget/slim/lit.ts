/**
 * As much of Lit as `<im-chat>` uses, in place of `lit` in the phone's script alone (rollup.lit.mjs, which also trims lit-html): its element
 * without decorators, converters, hydration, warnings and inherited properties. 1.6 kB brotli less. Everything is written against
 * Lit's own types and runs on Lit itself in the module builds, the pages for desk and inbox and the legacy bundle.
 */
import { render as renderInto, type RenderOptions } from 'lit/html.js'
import type { PropertyDeclaration, ReactiveController } from 'lit'

export { html, nothing } from 'lit/html.js'

/** Rules stay text until an element adopts them. */
export const css = (strings: TemplateStringsArray): string => strings[0]!

type Constructor = typeof LitElement

export class LitElement extends HTMLElement {
  declare static properties: Record<string, PropertyDeclaration>
  declare static styles: readonly string[]
  declare static sheet: CSSStyleSheet | undefined
  declare static names: Map<string, string>

  static get observedAttributes(): string[] {
    this.names = new Map()
    for (const [name, options] of Object.entries(this.properties)) {
      if (options.attribute !== false) this.names.set(name.toLowerCase(), name)
      Object.defineProperty(this.prototype, name, this.getPropertyDescriptor(name, Symbol(), options))
    }
    return [...this.names.keys()]
  }

  static getPropertyDescriptor(name: string, key: symbol, _options: PropertyDeclaration): PropertyDescriptor {
    return {
      get(this: Record<symbol, unknown>) {
        return this[key]
      },
      set(this: LitElement & Record<symbol, unknown>, value: unknown) {
        const old = this[key]
        this[key] = value
        this.requestUpdate(name, old)
      },
    }
  }

  declare renderRoot: ShadowRoot
  isUpdatePending = false
  hasUpdated = false
  updateComplete: Promise<unknown>
  #changed = new Map<string, unknown>()
  #controllers: ReactiveController[] = []
  /** What a page set before the element was defined; it wins over the constructor's defaults. */
  #early = new Map<string, unknown>()
  #connect!: (value?: unknown) => void
  #isReflecting = false
  /** The same object for life: lit-html finds by `renderBefore` what it rendered before. */
  readonly #options: RenderOptions = { host: this }

  constructor() {
    super()
    const own = this as unknown as Record<string, unknown>
    for (const name of Object.keys((this.constructor as Constructor).properties)) {
      if (!Object.prototype.hasOwnProperty.call(own, name)) continue
      this.#early.set(name, own[name])
      delete own[name]
    }
    this.updateComplete = new Promise((resolve) => (this.#connect = resolve))
    this.requestUpdate()
  }

  connectedCallback(): void {
    if (!this.renderRoot) {
      this.renderRoot = this.createRenderRoot()
      this.#options.renderBefore = this.renderRoot.firstChild
    }
    this.#connect()
    for (const controller of this.#controllers) controller.hostConnected?.()
  }

  disconnectedCallback(): void {
    for (const controller of this.#controllers) controller.hostDisconnected?.()
  }

  attributeChangedCallback(attribute: string, _old: string | null, value: string | null): void {
    if (this.#isReflecting) return
    const { names, properties } = this.constructor as Constructor
    const name = names.get(attribute)!
    Object.assign(this, { [name]: properties[name]!.type === Boolean ? value !== null : value })
  }

  addController(controller: ReactiveController): void {
    this.#controllers.push(controller)
    if (this.renderRoot) controller.hostConnected?.()
  }

  requestUpdate(name?: string, old?: unknown): void {
    if (name !== undefined) {
      if (Object.is((this as unknown as Record<string, unknown>)[name], old)) return
      if (!this.#changed.has(name)) this.#changed.set(name, this.hasUpdated ? old : undefined)
    }
    if (this.isUpdatePending) return
    this.isUpdatePending = true
    this.updateComplete = this.updateComplete.catch((error: unknown) => void Promise.reject(error)).then(() => this.performUpdate())
  }

  performUpdate(): void {
    if (!this.isUpdatePending) return
    for (const [name, value] of this.#early) Object.assign(this, { [name]: value })
    this.#early.clear()
    const changed = this.#changed
    let content: unknown
    try {
      this.willUpdate(changed)
      for (const controller of this.#controllers) controller.hostUpdate?.()
      content = this.render()
      this.#reflect(changed)
    } finally {
      this.#changed = new Map()
      this.isUpdatePending = false
    }
    renderInto(content, this.renderRoot, this.#options)
    for (const controller of this.#controllers) controller.hostUpdated?.()
    this.hasUpdated = true
    this.updated(changed)
  }

  protected createRenderRoot(): ShadowRoot {
    const root = this.attachShadow({ mode: 'open' })
    const own = this.constructor as Constructor
    const rules = own.styles.join('')
    if ('adoptedStyleSheets' in Document.prototype && 'replaceSync' in CSSStyleSheet.prototype) {
      if (!own.sheet) (own.sheet = new CSSStyleSheet()).replaceSync(rules)
      root.adoptedStyleSheets = [own.sheet]
      return root
    }
    const style = document.createElement('style')
    const { litNonce } = window as { litNonce?: string }
    if (litNonce !== undefined) style.setAttribute('nonce', litNonce)
    style.textContent = rules
    root.appendChild(style)
    return root
  }

  protected willUpdate(_changed: Map<string, unknown>): void {}

  protected updated(_changed: Map<string, unknown>): void {}

  protected render(): unknown {
    return undefined
  }

  #reflect(changed: ReadonlyMap<string, unknown>): void {
    const { properties } = this.constructor as Constructor
    for (const name of changed.keys()) {
      if (!properties[name]?.reflect) continue
      this.#isReflecting = true
      if ((this as unknown as Record<string, unknown>)[name]) this.setAttribute(name, '')
      else this.removeAttribute(name)
      this.#isReflecting = false
    }
  }
}
