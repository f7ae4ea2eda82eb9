import { html, type TemplateResult } from 'lit'

/** A text with the words that were searched for marked. */
export const marked = (pieces: readonly { readonly text: string; readonly isFound: boolean }[]): TemplateResult =>
  html`${pieces.map(({ isFound, text }) => (isFound ? html`<mark>${text}</mark>` : text))}`
