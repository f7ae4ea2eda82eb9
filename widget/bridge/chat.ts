export interface Inset {
  readonly bottom: number
  readonly top: number
}

/** The part of `<im-chat>` that the bridge uses, all of it public. */
export interface Chat extends HTMLElement {
  open: boolean
  readonly mode: 'launcher' | 'inline'
  readonly unread: number
  /** Why the gateway lets nobody in, while it does not. */
  readonly refusal: { readonly code: string } | undefined
  token: string
  to: string
  product: unknown
  show(): void
  hide(): void
  logout(): void
  setViewportInset(inset: Partial<Inset>): void
  setOnline(isOnline: boolean): void
  setVisible(isVisible: boolean): void
}
