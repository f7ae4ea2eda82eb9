import { adoptStyles, supportsAdoptingStyleSheets, type CSSResult, type LitElement } from 'lit'

/** Adds styles to a rendered element, except those it was defined with. */
export function addStyles(element: object, root: ShadowRoot, styles: readonly CSSResult[]): void {
  const { elementStyles } = element.constructor as typeof LitElement
  const missing = styles.filter((each) => !elementStyles.includes(each))
  if (supportsAdoptingStyleSheets) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...missing.map(({ styleSheet }) => styleSheet!)]
  else adoptStyles(root, missing)
}
