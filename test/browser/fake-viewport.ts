/**
 * A visual viewport that shrinks and pans at the page's scale, as iOS and Chrome on Android make it: Chromium offers no way to do that
 * from outside. `silent`: the values change and no event tells.
 */
export interface FakeViewport {
  readonly height?: number
  readonly offsetTop?: number
  readonly scale?: number
  readonly silent?: boolean
}

let values: Record<'height' | 'offsetTop' | 'scale', number> | undefined

export function fakeViewport({ silent, ...next }: FakeViewport): void {
  const viewport = window.visualViewport!
  if (!values) {
    const held = (values = { height: viewport.height, offsetTop: 0, scale: viewport.scale })
    for (const name of ['height', 'offsetTop', 'scale'] as const) {
      Object.defineProperty(viewport, name, { configurable: true, get: () => held[name] })
    }
  }
  Object.assign(values, next)
  if (!silent) for (const type of ['resize', 'scroll']) viewport.dispatchEvent(new Event(type))
}
