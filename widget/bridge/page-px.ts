import type { Inset } from './chat.ts'

/**
 * An app counts in px of the screen. A page that rests at a scale below 1, because it has no viewport meta or an `initial-scale` of its own, has more
 * px of its own on the same screen.
 */
export function inPagePx({ bottom, top }: Readonly<Record<string, unknown>>): Partial<Inset> {
  const scale = Math.min(1, window.visualViewport?.scale ?? 1)
  return { ...(typeof bottom === 'number' ? { bottom: bottom / scale } : {}), ...(typeof top === 'number' ? { top: top / scale } : {}) }
}
