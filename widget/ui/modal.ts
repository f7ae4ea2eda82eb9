import { html, nothing, type TemplateResult } from 'lit'
import { icons } from './icons.ts'

export interface ModalContent {
  /** The hook for testers. */
  readonly name: string
  readonly title: string | TemplateResult
  readonly body: TemplateResult | readonly TemplateResult[]
  readonly isWide?: boolean
}

export interface ModalView extends ModalContent {
  readonly closeLabel: string
  /** What has just happened; shown inside, because an open modal dialog makes everything outside it inert. */
  readonly toast: TemplateResult
  readonly onClosed: () => void
}

const end = (event: Event): void => (event.currentTarget as HTMLElement).closest('dialog')!.close()

/** A dialog: Escape, its button and a press beside it close it. Whoever renders it shows it, by `showModal()`. */
export const modal = ({ body, closeLabel, isWide, name, onClosed, title, toast }: ModalView): TemplateResult => html`<dialog
  class="modal ${isWide ? 'wide' : ''}" part="dialog" data-test=${name} aria-labelledby="dialog-title"
  @close=${onClosed} @mousedown=${(event: Event) => (event.target === event.currentTarget ? end(event) : nothing)}
>
  <header>
    <h2 id="dialog-title" dir="auto">${title}</h2>
    <button class="plain" type="button" data-test="close-dialog" aria-label=${closeLabel} @click=${end}>${icons.close}</button>
  </header>
  <div class="modal-body">${body}</div>${toast}
</dialog>`
