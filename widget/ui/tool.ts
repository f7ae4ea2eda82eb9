import { html, nothing, type TemplateResult } from 'lit'

export interface ToolOptions {
  readonly name: string
  readonly label: string
  /** The tooltip, where it says more than the label. */
  readonly hint?: string
  readonly icon: TemplateResult
  /** Set where the button shows and hides something. */
  readonly isExpanded?: boolean
  readonly onClick: () => void
}

/** A round button in a column's bar; its label is also its tooltip. */
export const tool = ({ hint, icon, isExpanded, label, name, onClick }: ToolOptions): TemplateResult =>
  html`<button class="plain" type="button" data-test=${name} title=${hint ?? label} aria-label=${label} aria-expanded=${isExpanded ?? nothing}
    @click=${onClick}>${icon}</button>`
