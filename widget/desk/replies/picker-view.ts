import { html, nothing, type TemplateResult } from 'lit'
import type { QuickReply } from './quick-reply-search.ts'
import type { MailboxStrings } from '../../locales/mailbox-strings.ts'

export interface PickerView {
  readonly found: readonly QuickReply[]
  readonly active: number
  readonly strings: MailboxStrings
  readonly onUse: (reply: QuickReply) => void
}

/** Over the composer, which keeps the focus: a press here must not take it away, or the keyboard would lose its place. */
export function pickerView({ active, found, onUse, strings }: PickerView): TemplateResult {
  return html`<div class="picker" part="quick-replies" data-test="quick-replies" @mousedown=${(event: Event) => event.preventDefault()}>
    ${
      found.length === 0
        ? html`<p class="hint" role="status">${strings.noQuickReplies}</p>`
        : html`<div role="listbox" id="quick-replies" aria-label=${strings.quickReplies}>
          ${found.map(
            (reply, index) => html`<div
            role="option" id="quick-reply-${index}" class="reply" data-test="quick-reply" data-id=${reply.id}
            aria-selected=${index === active} @click=${() => onUse(reply)}
          >
            <span class="reply-title" dir="auto">${reply.title}</span>
            ${reply.folder ? html`<span class="reply-folder" dir="auto">${reply.folder}</span>` : nothing}
            <span class="reply-text" dir="auto">${reply.text}</span>
          </div>`,
          )}
        </div>`
    }
  </div>`
}
