import { html, nothing, type TemplateResult } from 'lit'
import type { DeskAction, DeskStrings } from '../locales/desk-strings.ts'
import { icons } from './icons.ts'

export interface ShortcutSheetView {
  readonly table: Readonly<Partial<Record<DeskAction, string>>>
  readonly strings: DeskStrings
  readonly onClose: () => void
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc',
}

const keys = (chord: string): TemplateResult[] =>
  chord.split('+').map((key) => html`<kbd>${SIGNS[key] ?? key}</kbd>`)

/** Every shortcut that is on, as a modal sheet; Escape, the button and a click beside it close it. */
export function shortcutSheet({ onClose, table, strings }: ShortcutSheetView): TemplateResult {
  const actions = (Object.keys(table) as DeskAction[]).filter((action) => table[action])
  return html`<dialog
    class="sheet" part="sheet" data-test="sheet" aria-labelledby="sheet-title"
    @close=${onClose} @click=${(event: Event) => (event.target === event.currentTarget ? onClose() : nothing)}
  >
    <header>
      <h2 id="sheet-title">${strings.shortcuts}</h2>
      <button class="plain" type="button" aria-label=${strings.close} @click=${onClose}>${icons.close}</button>
    </header>
    <dl>
      ${actions.map((action) => html`<div><dt>${strings.actions[action]}</dt><dd>${keys(table[action]!)}</dd></div>`)}
    </dl>
  </dialog>`
}
