import { listen } from '../../ui/listen.ts'

/**
 * Keeps the page behind a covering panel from scrolling. Touches that no scroller inside the panel would use are cancelled, or iOS moves the page
 * with them; pinch zoom still works. Returns a function that unlocks and restores the page's own overflow and scroll position.
 */
export function lockPage(panel: HTMLElement): () => void {
  const { style } = document.documentElement
  const value = style.getPropertyValue('overflow')
  const priority = style.getPropertyPriority('overflow')
  const { scrollX, scrollY } = window
  style.setProperty('overflow', 'hidden', 'important')
  const stop = listen<TouchEvent>(
    panel,
    'touchmove',
    (event) => {
      if (event.touches.length === 1 && event.cancelable && !isInScroller(event, panel)) event.preventDefault()
    },
    { passive: false },
  )
  return () => {
    stop()
    style.setProperty('overflow', value, priority)
    if (window.scrollX !== scrollX || window.scrollY !== scrollY) window.scrollTo(scrollX, scrollY)
  }
}

function isInScroller(event: Event, panel: HTMLElement): boolean {
  for (const node of event.composedPath()) {
    if (node === panel) return false
    if (!(node instanceof HTMLElement) || node.scrollHeight <= node.clientHeight) continue
    if (/auto|scroll/.test(getComputedStyle(node).overflowY)) return true
  }
  return false
}
