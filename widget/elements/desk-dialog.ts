import { html, nothing, type TemplateResult } from 'lit'
import type { ConversationRow, QuickReply } from '../../gateway/protocol/model.ts'
import type { Chords } from '../controllers/desk/chords.ts'
import type { Remap } from '../controllers/desk/remap.ts'
import type { ReplyManager } from '../controllers/desk/reply-manager.ts'
import type { Colleague } from '../controllers/presence.ts'
import type { DeskAction, DeskStrings } from '../locales/desk-strings.ts'
import { fill } from '../locales/fill.ts'
import type { ServiceStrings } from '../locales/service-strings.ts'
import { blockForm } from '../parts/desk/block-form.ts'
import { blockedList, type BlockedEntry } from '../parts/desk/blocked-list.ts'
import { modal } from '../parts/desk/modal.ts'
import { replyManagerView } from '../parts/desk/reply-manager-view.ts'
import { transferForm } from '../parts/desk/transfer-form.ts'
import { isolated } from '../parts/isolated.ts'
import { shortcutSheet } from '../parts/shortcut-sheet.ts'

export type DeskDialog = 'sheet' | 'block' | 'transfer' | 'blocked' | 'replies'

export interface DeskDialogOptions {
  readonly open: DeskDialog | undefined
  readonly deskStrings: DeskStrings
  readonly words: ServiceStrings
  /** Of the open conversation. */
  readonly row: ConversationRow | undefined
  readonly name: string
  readonly isBusy: boolean
  readonly colleagues: readonly Colleague[]
  readonly blocked: readonly BlockedEntry[] | undefined
  readonly manager: ReplyManager
  readonly chords: Chords<DeskAction>
  readonly remap: Remap<DeskAction>
  readonly called: (to: string, name: string | undefined) => string
  readonly moment: (at: number) => string
  readonly onBlock: (wish: { readonly reason: string; readonly forMs: number | undefined }) => void
  readonly onTransfer: (wish: { readonly to: string; readonly note: string }) => void
  readonly onUnblock: (entry: BlockedEntry) => void
  /** What has just happened, to be said inside. */
  readonly told: TemplateResult
  readonly onClosed: () => void
}

/** The dialog that is open, if any. */
export function deskDialog(options: DeskDialogOptions): TemplateResult | typeof nothing {
  const { deskStrings, isBusy, name, onClosed, open, row, words } = options
  const frame = { closeLabel: deskStrings.close, onClosed, told: options.told }
  switch (open) {
    case 'sheet':
      return modal({ ...frame, name: 'sheet', title: deskStrings.shortcuts, body: sheet(options) })
    case 'block':
      if (!row) return nothing
      return modal({
        ...frame, name: 'block-dialog', title: isolated(words.blockTitle, { name }),
        body: blockForm({ strings: words, isBusy, onBlock: options.onBlock }),
      })
    case 'transfer':
      if (!row) return nothing
      return modal({
        ...frame, name: 'transfer-dialog', title: html`${words.transfer}: <bdi>${name}</bdi>`,
        body: transferForm({ strings: words, agents: options.colleagues, isBusy, onTransfer: options.onTransfer }),
      })
    case 'blocked':
      return modal({
        ...frame, name: 'blocked-dialog', title: words.blockedList,
        body: blockedList({
          strings: words, blocked: options.blocked, time: options.moment, onUnblock: options.onUnblock,
          name: (entry) => options.called(entry.to, entry.name),
        }),
      })
    case 'replies':
      return modal({ ...frame, name: 'replies-dialog', title: words.manageReplies, isWide: true, body: replyManagerView(managed(options)) })
    default:
      return nothing
  }
}

function sheet({ chords, deskStrings, remap, words }: DeskDialogOptions): TemplateResult {
  const { fault } = remap
  const taken = fault && fault.holder !== undefined
    ? fill(words.chordTaken, { chord: fault.chord, action: deskStrings.actions[fault.holder] })
    : fault && words.chordBad
  return shortcutSheet({
    table: chords.table, strings: deskStrings, serviceStrings: words, fault: taken,
    remapped: remap.action, isChanged: chords.isChanged,
    onRemap: remap.start, onKey: remap.onKey, onReset: remap.reset,
  })
}

function managed({ manager, words }: DeskDialogOptions): Parameters<typeof replyManagerView>[0] {
  const { edit, editing, export: write, fault, folders, groups, import: read, isBusy, leftCount, query, remove, save, search } = manager
  return {
    strings: words, edit, editing, export: write, fault, folders, import: read, isBusy, leftCount, query, search, save,
    groups: groups as readonly (readonly [string, readonly QuickReply[]])[],
    remove,
  }
}
