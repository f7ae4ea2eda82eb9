import { adoptStyles, supportsAdoptingStyleSheets, type CSSResult, type LitElement } from 'lit'

/** Gives an element that is already drawn further styles; those it was defined with are not given twice. */
export function addStyles(element: LitElement, root: ShadowRoot, styles: readonly CSSResult[]): void {
  const { elementStyles } = element.constructor as typeof LitElement
  const missing = styles.filter((each) => !elementStyles.includes(each))
  if (supportsAdoptingStyleSheets) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...missing.map(({ styleSheet }) => styleSheet!)]
  else adoptStyles(root, missing)
}
