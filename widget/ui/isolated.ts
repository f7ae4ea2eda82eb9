import { html, type TemplateResult } from 'lit'

/** `fill` with every value in a `<bdi>`: a name written right to left reorders neither the sentence nor the text beside it. */
export const isolated = (sentence: string, values: Readonly<Record<string, string | number | TemplateResult>>): TemplateResult =>
  html`${sentence.split(/\{(\w+)\}/).map((piece, at) => (at % 2 === 0 ? piece : html`<bdi>${values[piece]}</bdi>`))}`
