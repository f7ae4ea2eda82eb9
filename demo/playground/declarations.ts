/** The declarations in `text` that this engine knows, as it writes them: nothing in it can end the rule around them. */
export function declarationsOf(text: string): string {
  const { style } = document.createElement('p')
  style.cssText = text
  return style.cssText
}
