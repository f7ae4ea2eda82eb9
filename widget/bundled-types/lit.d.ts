/**
 * What the published types need of lit, so that a page installs nothing for them: the bundle contains lit itself. Stands in place of `lit` in the
 * package for pages.
 */
export interface CSSResult {
  readonly cssText: string
}
export interface TemplateResult {
  readonly strings: TemplateStringsArray
  readonly values: unknown[]
}
export interface PropertyDeclaration<_Type = unknown, _Hint = unknown> {
  readonly attribute?: boolean | string
  readonly reflect?: boolean
  readonly type?: unknown
  readonly converter?: unknown
}
export type PropertyValues<T = unknown> = Map<keyof T, unknown>
export interface ReactiveController {
  hostConnected?(): void
  hostDisconnected?(): void
}
export interface ReactiveControllerHost {
  addController(controller: ReactiveController): void
  requestUpdate(): void
}
export declare class LitElement extends HTMLElement implements ReactiveControllerHost {
  static properties: Readonly<Record<string, PropertyDeclaration>>
  static styles?: CSSResult[]
  static get observedAttributes(): string[]
  static getPropertyDescriptor(name: PropertyKey, key: string | symbol, options: PropertyDeclaration): PropertyDescriptor | undefined
  readonly renderRoot: HTMLElement | DocumentFragment
  readonly hasUpdated: boolean
  readonly isUpdatePending: boolean
  /** Resolves when the element has rendered its properties. */
  readonly updateComplete: Promise<boolean>
  addController(controller: ReactiveController): void
  requestUpdate(): void
  connectedCallback(): void
  disconnectedCallback(): void
  attributeChangedCallback(name: string, old: string | null, value: string | null): void
  protected createRenderRoot(): HTMLElement | DocumentFragment
  protected scheduleUpdate(): void | Promise<unknown>
  protected performUpdate(): void
  protected willUpdate(changed: PropertyValues): void
  protected update(changed: PropertyValues): void
  protected firstUpdated(changed: PropertyValues): void
  protected updated(changed: PropertyValues): void
  protected render(): unknown
}
