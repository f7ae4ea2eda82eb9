import { html, type TemplateResult } from 'lit'

/** `fill`, with every value kept to itself: a name that runs the other way turns neither the sentence nor what stands beside it. */
export const isolated = (sentence: string, values: Readonly<Record<string, string | number | TemplateResult>>): TemplateResult =>
  html`${sentence.split(/\{(\w+)\}/).map((piece, at) => (at % 2 === 0 ? piece : html`<bdi>${values[piece]}</bdi>`))}`
