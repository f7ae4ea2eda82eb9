export interface Inset {
  readonly bottom: number
  readonly top: number
}

/** What the bridge uses of `<im-chat>`: what any page may use. */
export interface Chat extends HTMLElement {
  open: boolean
  readonly mode: 'launcher' | 'inline'
  token: string
  to: string
  product: unknown
  show(): void
  hide(): void
  logout(): void
  requestUpdate(): void
  setViewportInset(inset: Partial<Inset>): void
}
