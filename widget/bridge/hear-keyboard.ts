import type { Inset } from './chat.ts'

/**
 * What apps and pages say about the keyboard that know nothing of this bridge:
 *
 *   window event keyboardWillShow | keyboardDidShow            Capacitor and Cordova, with `keyboardHeight`
 *   window event keyboardWillHide | keyboardDidHide
 *   postMessage({type: 'im:viewport', bottom, top})            from the parent of a frame, and from nobody else
 *
 * Returns the way to stop.
 */
export function hearKeyboard(tell: (inset: Partial<Inset>) => void): () => void {
  const onShow = (event: Event): void => {
    const { keyboardHeight } = event as Event & { readonly keyboardHeight?: unknown }
    if (typeof keyboardHeight === 'number') tell({ bottom: keyboardHeight })
  }
  const onHide = (): void => tell({ bottom: 0 })
  const onMessage = ({ source, data }: MessageEvent<unknown>): void => {
    if (window.parent === window || source !== window.parent || typeof data !== 'object' || data === null) return
    const { type, bottom, top } = data as Readonly<Record<string, unknown>>
    if (type !== 'im:viewport') return
    tell({ ...(typeof bottom === 'number' ? { bottom } : {}), ...(typeof top === 'number' ? { top } : {}) })
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
