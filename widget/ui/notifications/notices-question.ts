import { html, nothing, type TemplateResult } from 'lit'
import type { Strings } from '../../locales/strings.ts'
import type { DesktopNotices } from './desktop-notices.ts'

/** Asks before the browser does, which asks once. */
export function noticesQuestion(notices: DesktopNotices, { news }: Strings): TemplateResult | typeof nothing {
  if (!notices.isAsking) return nothing
  return question(news.ask, [
    { text: news.yes, onClick: () => void notices.turnOn() },
    { text: news.no, onClick: () => notices.decline() },
  ])
}

/** A question that does not block the page, with its answers; the first is the preferred one. */
const question = (sentence: string, answers: readonly { text: string; onClick: () => void }[]): TemplateResult =>
  html`<div class="ask" part="question" data-test="question" role="group" aria-label=${sentence}>
    ${sentence}
    <div>${answers.map(({ onClick, text }) => html`<button type="button" @click=${onClick}>${text}</button>`)}</div>
  </div>`
