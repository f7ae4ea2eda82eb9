import { html, type TemplateResult } from 'lit'

/** A question that does not block the page, with its answers; the first is the preferred one. */
export const question = (sentence: string, answers: readonly { text: string; onClick: () => void }[]): TemplateResult =>
  html`<div class="ask" part="question" data-test="question" role="group" aria-label=${sentence}>
    ${sentence}
    <div>${answers.map(({ onClick, text }) => html`<button type="button" @click=${onClick}>${text}</button>`)}</div>
  </div>`
