export interface Inset {
  readonly bottom: number
  readonly top: number
}

/** The part of `<im-chat>` that the bridge uses, all of it public. */
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
