import { html, nothing, type TemplateResult } from 'lit'
import type { DeskAction, MailboxStrings } from '../../locales/mailbox-strings.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { chordKeys } from './chord-keys.ts'

export interface ShortcutSheetView {
  readonly table: Readonly<Partial<Record<DeskAction, string>>>
  readonly strings: MailboxStrings
  readonly deskStrings: DeskStrings
  /** The action whose keys are being asked for. */
  readonly remapped: DeskAction | undefined
  /** Why the keys that were pressed last cannot be had, beside the action that they were for. */
  readonly fault: { readonly action: DeskAction; readonly sentence: string } | undefined
  readonly isChanged: boolean
  readonly onRemap: (action: DeskAction | undefined) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly onReset: () => void
}

const keys = (chord: string): TemplateResult[] => chordKeys(chord).map((key) => html`<kbd>${key}</kbd>`)

/** Every shortcut; a press on one asks for other keys. */
export function shortcutSheet(view: ShortcutSheetView): TemplateResult {
  const { isChanged, onReset, deskStrings, strings } = view
  return html`<dl class="sheet">
      ${(Object.keys(strings.actions) as DeskAction[]).map(
        (action) => html`<div
        ><dt id=${`act-${action}`}>${strings.actions[action]}</dt><dd>${chord(action, view)}${faultOf(action, view)}</dd></div>`,
      )}
    </dl>
    ${
      isChanged
        ? html`<button type="button" class="act" data-test="reset-shortcuts"
      @click=${onReset}>${deskStrings.resetShortcuts}</button>`
        : nothing
    }`
}

const faultOf = (action: DeskAction, { fault }: ShortcutSheetView): TemplateResult | typeof nothing =>
  fault?.action === action ? html`<p class="chord-fault" role="alert" id="chord-fault" data-test="chord-fault">${fault.sentence}</p>` : nothing

function chord(action: DeskAction, { fault, onKey, onRemap, remapped, deskStrings, strings, table }: ShortcutSheetView): TemplateResult {
  const isAsked = remapped === action
  const label = fill(deskStrings.remap, { action: strings.actions[action] })
  return html`<button type="button" class="chord" data-test="chord" data-action=${action} aria-pressed=${isAsked}
    id=${`chord-${action}`} title=${label} aria-labelledby=${`act-${action} chord-${action}`}
    aria-describedby=${fault?.action === action ? 'chord-fault' : nothing} @click=${() => onRemap(isAsked ? undefined : action)}
    @keydown=${(event: KeyboardEvent) => (isAsked ? onKey(event) : nothing)} @blur=${() => (isAsked ? onRemap(undefined) : nothing)}
    >${isAsked ? deskStrings.pressKeys : table[action] ? keys(table[action]!) : '–'}</button>`
}
