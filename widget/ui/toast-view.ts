import { html, nothing, type TemplateResult } from 'lit'
import { icons } from './icons.ts'

export interface ToastView {
  readonly word: { readonly text: string | TemplateResult; readonly isFailure?: boolean; readonly onUndo?: () => void } | undefined
  readonly undoLabel: string
  readonly dismissLabel: string
  readonly onDismiss: () => void
}

/** The toast, with its undo button. The live region is always in the page: screen readers announce only what enters an existing one. */
export const toastView = ({ dismissLabel, onDismiss, undoLabel, word }: ToastView): TemplateResult => html`<div class="told-place" role="status">
  ${
    word === undefined
      ? nothing
      : html`<div class="told" data-test="told" ?data-failure=${word.isFailure}>
    <span dir="auto">${word.text}</span>
    ${
      word.onUndo
        ? html`<button type="button" data-test="undo" @click=${() => {
            word.onUndo!()
            onDismiss()
          }}>${undoLabel}</button>`
        : nothing
    }
    <button type="button" class="told-end" aria-label=${dismissLabel} @click=${onDismiss}>${icons.close}</button>
  </div>`
  }
</div>`
