/** What CSS `zoom` of an element and of what it stands in does to lengths. 1: nothing. */
export interface CssZoom {
  /** Px of the window in one px of the element's own style. */
  readonly style: number
  /** Px of the window in one px of its `getBoundingClientRect`: engines before the standard (Chromium 128, Firefox 126) divide a rectangle by the zoom. */
  readonly rectangle: number
}

/** `element` is rendered and at least some hundred px wide, or the two kinds of engines cannot be told apart. */
export function cssZoom(element: HTMLElement): CssZoom {
  const style = (element as HTMLElement & { readonly currentCSSZoom?: number }).currentCSSZoom ?? product(element)
  if (style === 1) return { style, rectangle: 1 }
  const ratio = element.getBoundingClientRect().width / element.offsetWidth
  return { style, rectangle: Math.abs(ratio - style) < Math.abs(ratio - 1) ? 1 : style }
}

function product(element: Element): number {
  let zoom = 1
  for (let each: Element | null = element; each; each = parentOf(each)) {
    zoom *= parseFloat((getComputedStyle(each) as CSSStyleDeclaration & { readonly zoom?: string }).zoom ?? '') || 1
  }
  return zoom
}

/** The parent in the tree that is rendered: slots and shadow roots count. */
export const parentOf = (element: Element): Element | null =>
  element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null
