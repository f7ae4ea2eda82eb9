import { html, nothing, type TemplateResult } from 'lit'

export interface FirstScreen {
  readonly greeting: string
  readonly questions: readonly string[]
  /** Names the questions for screen readers. */
  readonly label: string
  readonly onAsk: (question: string) => void
}

/** Before the first message: what the shop says, and what others ask. One tap asks. */
export const firstScreen = ({ greeting, questions, label, onAsk }: FirstScreen): TemplateResult => html`<div data-test="empty" part="empty">
  <div class="row other first last"><div class="bubble" part="bubble bubble-other" data-test="greeting"
    ><span class="text" dir="auto" translate="yes">${greeting}</span></div></div>
  ${
    questions.length > 0
      ? html`<div class="questions" role="group" aria-label=${label}>${questions.map(
          (question) => html`<button type="button" class="pill" part="question" data-test="question" dir="auto" @click=${() => onAsk(question)}
            >${question}</button>`,
        )}</div>`
      : nothing
  }
</div>`
