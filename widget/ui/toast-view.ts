import { html, nothing, type TemplateResult } from 'lit'
import { icons } from './icons.ts'
import type { ToastText } from './toast.ts'

export interface ToastView {
  readonly shown: ToastText | undefined
  readonly undoLabel: string
  readonly dismissLabel: string
  readonly onDismiss: () => void
}

/** The toast, with its undo button. The live region is always in the page: screen readers announce only what enters an existing one. */
export const toastView = ({ dismissLabel, onDismiss, shown, undoLabel }: ToastView): TemplateResult => html`<div class="toast-place" role="status">
  ${
    shown === undefined
      ? nothing
      : html`<div class="toast" data-test="told" ?data-failure=${shown.isFailure}>
    <span dir="auto">${shown.text}</span>
    ${
      shown.onUndo
        ? html`<button type="button" data-test="undo" @click=${() => {
            shown.onUndo!()
            onDismiss()
          }}>${undoLabel}</button>`
        : nothing
    }
    <button type="button" class="toast-dismiss" aria-label=${dismissLabel} @click=${onDismiss}>${icons.close}</button>
  </div>`
  }
</div>`
