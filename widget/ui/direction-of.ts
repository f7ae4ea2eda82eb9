/** Right to left by the language too, unless the element says otherwise: few pages that name a language also name its direction. */
export const directionOf = (element: HTMLElement, lang: string): string =>
  !element.dir && /^(ar|fa|he|ur)\b/i.test(lang) ? 'rtl' : getComputedStyle(element).direction
