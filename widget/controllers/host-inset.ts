import { listen } from './listen.ts'

export interface Inset {
  readonly bottom: number
  readonly top: number
}

const NONE: Inset = { bottom: 0, top: 0 }

/**
 * What a host app says about the keyboard where the web cannot see it (Android WebView before 139, edge-to-edge windows,
 * an iframe). Any of these, in CSS px of this window:
 *
 *   chat.setViewportInset({bottom, top})                       a call from the page or the app
 *   window event keyboardWillShow | keyboardDidShow            Capacitor and Cordova, with `keyboardHeight`
 *   window event keyboardWillHide | keyboardDidHide
 *   postMessage({type: 'im:viewport', bottom, top})            from the parent of a frame only
 *   --im-inset-bottom on the element                           read by styles, for an app that knows no script
 */
export class HostInset {
  readonly #onChange: () => void
  #inset = NONE

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get inset(): Inset {
    return this.#inset
  }

  set(inset: Partial<Inset>): void {
    this.#inset = { bottom: px(inset.bottom, this.#inset.bottom), top: px(inset.top, this.#inset.top) }
    this.#onChange()
  }

  /** Listens to the window; returns the way to stop. */
  start(): () => void {
    const stops = [
      listen<Event & { readonly keyboardHeight?: unknown }>(window, 'keyboardWillShow keyboardDidShow', (event) => {
        this.set({ bottom: px(event.keyboardHeight, this.#inset.bottom) })
      }),
      listen(window, 'keyboardWillHide keyboardDidHide', () => this.set({ bottom: 0 })),
      listen<MessageEvent>(window, 'message', ({ source, data }) => {
        if (window.parent === window || source !== window.parent || !isViewportMessage(data)) return
        this.set(data)
      }),
    ]
    return () => stops.forEach((stop) => stop())
  }
}

const px = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value >= 0 && value < 10_000 ? value : otherwise

const isViewportMessage = (data: unknown): data is { readonly type: string } & Partial<Inset> =>
  typeof data === 'object' && data !== null && (data as { type?: unknown }).type === 'im:viewport'
