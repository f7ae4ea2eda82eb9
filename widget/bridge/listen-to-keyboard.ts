import type { Inset } from './chat.ts'
import { inPagePx } from './page-px.ts'

/**
 * Listens for what apps and pages that do not use this bridge report about the keyboard:
 *
 *   window event keyboardWillShow | keyboardDidShow            Capacitor and Cordova, with `keyboardHeight` in px
 *   window event keyboardWillHide | keyboardDidHide
 *   postMessage({type: 'im:viewport', bottom, top})            in px; only from the parent of this frame
 *
 * Returns a function that stops listening.
 */
export function listenToKeyboard(onInset: (inset: Partial<Inset>) => void): () => void {
  const onShow = (event: Event): void => {
    const { keyboardHeight } = event as Event & { readonly keyboardHeight?: unknown }
    onInset(inPagePx({ bottom: keyboardHeight }))
  }
  const onHide = (): void => onInset({ bottom: 0 })
  const onMessage = ({ source, data }: MessageEvent<unknown>): void => {
    if (window.parent === window || source !== window.parent || typeof data !== 'object' || data === null) return
    const { type, bottom, top } = data as Readonly<Record<string, unknown>>
    if (type !== 'im:viewport') return
    onInset({ ...(typeof bottom === 'number' ? { bottom } : {}), ...(typeof top === 'number' ? { top } : {}) })
  }
  const listeners: readonly (readonly [string, (event: never) => void])[] = [
    ['keyboardWillShow', onShow],
    ['keyboardDidShow', onShow],
    ['keyboardWillHide', onHide],
    ['keyboardDidHide', onHide],
    ['message', onMessage],
  ]
  for (const [type, listener] of listeners) window.addEventListener(type, listener as EventListener)
  return () => {
    for (const [type, listener] of listeners) window.removeEventListener(type, listener as EventListener)
  }
}
