import type { DeskAction } from '../../locales/mailbox-strings.ts'
import { fill } from '../../locales/fill.ts'
import type { ModalContent } from '../../ui/modal.ts'
import type { DeskContext, DeskDialog } from '../desk-context.ts'
import { Chords } from './chords.ts'
import { DESK_SHORTCUTS } from './default-shortcuts.ts'
import { DESK_ACTIONS, type DeskActions } from './desk-actions.ts'
import { Navigation } from './navigation.ts'
import { Remap } from './remap.ts'
import { shortcutSheet } from './shortcut-sheet.ts'
import { Shortcuts, type Chord } from './shortcuts.ts'

export interface DeskShortcutsOptions {
  /** The page's own chords, over the defaults. */
  readonly ofPage: () => Readonly<Partial<Record<DeskAction, Chord>>>
  /** The actions of the other features. */
  readonly actions: Omit<DeskActions, keyof Navigation>
}

/** The keys of the desk, and the sheet in which the agent looks them up and changes them. */
export class DeskShortcuts {
  readonly #desk: DeskContext
  readonly #actions: DeskActions
  readonly #chords: Chords<DeskAction>
  readonly #remap: Remap<DeskAction>

  constructor(desk: DeskContext, { actions, ofPage }: DeskShortcutsOptions) {
    const { element } = desk
    this.#desk = desk
    const { focus, nextUnread, send, step } = new Navigation(desk)
    this.#actions = { ...actions, focus, nextUnread, send, step }
    this.#chords = new Chords(element, () => ({ ...DESK_SHORTCUTS, ...ofPage() }))
    this.#remap = new Remap(element, this.#chords)
    new Shortcuts<DeskAction>(element, { table: () => this.#chords.table, onAction: (action) => this.#act(action) })
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
  get #fault(): string | undefined {
    const {
      view: {
        language: { mailboxStrings },
      },
      words,
    } = this.#desk
    const { fault } = this.#remap
    if (fault?.holder === undefined) return fault && words.chordBad
    return fill(words.chordTaken, { chord: fault.chord, action: mailboxStrings.actions[fault.holder] })
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
