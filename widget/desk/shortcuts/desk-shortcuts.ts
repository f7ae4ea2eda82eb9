import type { DeskAction } from '../../locales/mailbox-strings.ts'
import { fill } from '../../locales/fill.ts'
import type { ModalContent } from '../../ui/modal.ts'
import type { DeskContext, DeskDialog } from '../desk-context.ts'
import { chordText } from './chord-keys.ts'
import { Chords } from './chords.ts'
import { DESK_SHORTCUTS } from './default-shortcuts.ts'
import { DESK_ACTIONS, type DeskActions } from './desk-actions.ts'
import { Navigation } from './navigation.ts'
import { Remap } from './remap.ts'
import { shortcutSheet, type ShortcutSheetView } from './shortcut-sheet.ts'
import { Shortcuts, type Chord } from './shortcuts.ts'

export interface DeskShortcutsOptions {
  /** The page's own chords, over the defaults. */
  readonly ofPage: () => Readonly<Partial<Record<DeskAction, Chord>>>
  /** The actions of the other features. */
  readonly actions: Omit<DeskActions, keyof Navigation>
}

/** The keys of the desk, and the sheet in which the agent looks them up and changes them. */
export class DeskShortcuts {
  readonly picture: () => boolean
  readonly #desk: DeskContext
  readonly #actions: DeskActions
  readonly #chords: Chords<DeskAction>
  readonly #remap: Remap<DeskAction>

  constructor(desk: DeskContext, { actions, ofPage }: DeskShortcutsOptions) {
    const { element } = desk
    this.#desk = desk
    const { emoji, focus, nextUnread, picture, send, step } = new Navigation(desk)
    this.picture = picture
    this.#actions = { ...actions, emoji, focus, nextUnread, picture, send, step }
    this.#chords = new Chords(element, () => ({ ...DESK_SHORTCUTS, ...ofPage() }))
    this.#remap = new Remap(element, this.#chords)
    new Shortcuts<DeskAction>(element, { table: () => this.#chords.table, onAction: (action) => this.#act(action) })
  }

  /** A label with the keys that do the same, for a tooltip. */
  readonly withKeys = (label: string, action: DeskAction): string => {
    const chord = this.#chords.table[action]
    return chord ? `${label} (${chordText(chord)})` : label
  }

  /** The content of the open dialog; undefined if another or none is open. */
  dialog(open: DeskDialog): ModalContent | undefined {
    if (open !== 'sheet') return undefined
    const {
      view: {
        language: { mailboxStrings },
      },
      words,
    } = this.#desk
    const { action, onKey, reset, start } = this.#remap
    const body = shortcutSheet({
      table: this.#chords.table,
      strings: mailboxStrings,
      deskStrings: words,
      fault: this.#fault,
      remapped: action,
      isChanged: this.#chords.isChanged,
      onRemap: start,
      onKey,
      onReset: reset,
    })
    return { name: 'sheet', title: mailboxStrings.shortcuts, body }
  }

  /** Why the pressed chord cannot be used. */
  get #fault(): ShortcutSheetView['fault'] {
    const {
      view: {
        language: { mailboxStrings },
      },
      words,
    } = this.#desk
    const { fault } = this.#remap
    if (!fault) return undefined
    const { action, chord, holder } = fault
    if (holder === undefined) return { action, sentence: words.chordBad }
    return { action, sentence: fill(words.chordTaken, { chord: chordText(chord), action: mailboxStrings.actions[holder] }) }
  }

  /** False where there is nothing to do, so that the key stays the page's. */
  #act(action: DeskAction): boolean {
    const { dialogs } = this.#desk
    const isOpen = dialogs.open !== undefined
    if (action !== 'sheet') return !isOpen && DESK_ACTIONS[action](this.#actions)
    const isRemapping = this.#remap.action !== undefined
    if (dialogs.open === 'sheet' && !isRemapping) dialogs.close()
    else if (!isOpen) dialogs.show('sheet')
    return !isOpen || !isRemapping
  }
}
