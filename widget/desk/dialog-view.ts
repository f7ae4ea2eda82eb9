import { html, nothing, type TemplateResult } from 'lit'
import type { ConversationRow, QuickReply } from '../../gateway/protocol/model.ts'
import type { Chords } from './shortcuts/chords.ts'
import type { Remap } from './shortcuts/remap.ts'
import type { ReplyManager } from './replies/reply-manager.ts'
import type { Colleague } from '../chat/presence.ts'
import type { DeskAction, MailboxStrings } from '../locales/mailbox-strings.ts'
import { fill } from '../locales/fill.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { blockForm } from './assignment/block-form.ts'
import { blockedList, type BlockedEntry } from './assignment/blocked-list.ts'
import { modal } from '../ui/modal.ts'
import { replyManagerView } from './replies/reply-manager-view.ts'
import { transferForm } from './assignment/transfer-form.ts'
import { isolated } from '../ui/isolated.ts'
import { shortcutSheet } from './shortcuts/shortcut-sheet.ts'

export type DeskDialog = 'sheet' | 'block' | 'transfer' | 'blocked' | 'replies'

export interface DeskDialogOptions {
  readonly open: DeskDialog | undefined
  readonly mailboxStrings: MailboxStrings
  readonly words: DeskStrings
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
  readonly toast: TemplateResult
  readonly onClosed: () => void
}

/** The dialog that is open, if any. */
export function deskDialog(options: DeskDialogOptions): TemplateResult | typeof nothing {
  const { mailboxStrings, isBusy, name, onClosed, open, row, words } = options
  const frame = { closeLabel: mailboxStrings.close, onClosed, toast: options.toast }
  switch (open) {
    case 'sheet':
      return modal({ ...frame, name: 'sheet', title: mailboxStrings.shortcuts, body: sheet(options) })
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

function sheet({ chords, mailboxStrings, remap, words }: DeskDialogOptions): TemplateResult {
  const { fault } = remap
  const taken = fault && fault.holder !== undefined
    ? fill(words.chordTaken, { chord: fault.chord, action: mailboxStrings.actions[fault.holder] })
    : fault && words.chordBad
  return shortcutSheet({
    table: chords.table, strings: mailboxStrings, deskStrings: words, fault: taken,
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
