import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { ConversationRow, Message } from '../../gateway/protocol/model.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import { fill } from '../locales/fill.ts'
import { listTime } from '../locales/list-time.ts'
import { pictureAddress } from '../ui/picture-address.ts'
import { avatar } from '../ui/avatar.ts'
import { shownName } from '../ui/shown-name.ts'
import { repeat } from '../ui/keyed-list.ts'
import { cut } from '../ui/cut.ts'
import { entryWords, type EntryStrings } from '../ui/entry-words.ts'

export interface ConversationListView {
  readonly rows: readonly ConversationRow[]
  /** The rows to create, see VirtualRows. */
  readonly first: number
  readonly end: number
  /** Whose conversation is open. */
  readonly selected: string | undefined
  /** The row that arrow keys have reached. */
  readonly active: string | undefined
  /** The reader: own participant id. */
  readonly me: string | undefined
  readonly now: number
  readonly lang: string
  readonly strings: MailboxStrings
  readonly entryStrings: EntryStrings
  readonly gateway: string
  /** Whether the other side is there, where that is shown. */
  readonly isThere?: (to: string) => boolean
  /** The mark of the assignment in a row. */
  readonly mark?: (row: ConversationRow) => TemplateResult | typeof nothing
  /** What is being written to somebody and not sent; '' for nothing. */
  readonly draft?: (to: string) => string
  /** The message that a search found, instead of the last one. */
  readonly found?: (row: ConversationRow) => Message | undefined
  /** A text of a row as it is shown: with the words that were searched for marked. */
  readonly text?: (text: string) => TemplateResult | string
  readonly attach: (element?: Element) => void
  readonly onOpen: (to: string) => void
  readonly onKeydown: (event: KeyboardEvent) => void
}

/** Longer than any row shows; keeps hostile texts (ten thousand marks on one letter) out of layout. */
const SHOWN_LENGTH = 160

const short = (text: string): string => cut(text, SHOWN_LENGTH)

const rowId = (to: string): string => `row-${to}`

function lastMessage(item: ConversationRow, view: ConversationListView): TemplateResult | typeof nothing {
  const { draft, entryStrings, found, me, selected, strings, text = short } = view
  const begun = item.to === selected ? '' : (draft?.(item.to) ?? '').trim()
  if (begun && !found?.(item)) return html`<span class="entry-draft" data-test="draft">${strings.draft}</span> <bdi>${short(begun)}</bdi>`
  const last = found?.(item) ?? item.last
  if (!last) return nothing
  // an agent and a customer may have the same id
  const isMine = last.from === me && last.side !== item.to
  const name = last.name && shownName(last.name, last.from, strings)
  if (last.kind === 'system' || last.kind === 'withdrawn') return html`${text(entryWords({ ...last, isMine, name }, entryStrings))}`
  const isPlain = last.side === last.from && !isMine
  const author = isPlain ? undefined : isMine ? strings.you : name
  return html`${author ? html`<bdi>${short(author)}</bdi>: ` : nothing}${text(last.body.text)}`
}

function row(item: ConversationRow, index: number, view: ConversationListView): TemplateResult {
  const { active, lang, mark, now, onOpen, rows, selected, strings, text = short } = view
  const name = short(shownName(item.name, item.to, strings))
  const isUnread = item.unread > 0
  return html`<div
    class="entry" part="conversation" role="option" data-row data-test="conversation"
    id=${rowId(item.to)} data-conversation=${item.conversation} data-to=${item.to} data-unread=${item.unread}
    ?data-active=${item.to === active}
    aria-selected=${item.to === selected} aria-setsize=${rows.length} aria-posinset=${index + 1}
    @click=${() => onOpen(item.to)}
  >
    ${avatar(item.to, name, pictureAddress(item.logo, view.gateway))}
    ${view.isThere?.(item.to) ? html`<i class="entry-there" role="img" aria-label=${strings.statuses.online} data-test="there"></i>` : nothing}
    <span class="entry-name" dir="auto">${text(name)}</span>
    <time class="entry-time" dir="auto">${listTime(item.at, now, { lang, yesterday: strings.yesterday })}</time>
    <span class="entry-last" dir="auto">${lastMessage(item, view)}</span>
    <span class="entry-end">${mark?.(item) ?? nothing}${
      isUnread
        ? html`<span class="entry-count" part="unread" data-test="unread" aria-label=${fill(strings.unreadCount, { n: item.unread })}
          >${item.unread > 99 ? '99+' : item.unread}</span>`
        : nothing
    }</span>
  </div>`
}

/** The fallback of a row that cannot be rendered; it still opens the conversation. */
const plain = ({ to }: ConversationRow, { onOpen, selected }: ConversationListView): TemplateResult => html`<div
  class="entry" role="option" data-row data-test="conversation" id=${rowId(to)} data-to=${to} aria-selected=${to === selected}
  @click=${() => onOpen(to)}><span class="entry-name" dir="auto">${to}</span></div>`

/**
 * A list of conversations as one listbox: one tab stop, arrow keys inside, of thousands of rows only those on screen exist.
 * The row that arrow keys have reached always exists, or a screen reader would lose it while the list scrolls. The row of the open
 * conversation stays in sight, at the edge behind which it is.
 */
export function conversationList(view: ConversationListView): TemplateResult {
  const { active, attach, end, first, onKeydown, rows, selected, strings } = view
  const shown: (readonly [ConversationRow, number])[] = []
  for (let at = first; at < end; at++) shown.push([rows[at]!, at])
  const at = active === undefined ? -1 : rows.findIndex(({ to }) => to === active)
  const open = rows.findIndex(({ to }) => to === selected)
  const isAway = at >= 0 && at !== open && (at < first || at >= end)
  const edge = (isEdge: boolean): TemplateResult | typeof nothing =>
    isEdge ? html`<div class="edge" role="presentation">${row(rows[open]!, open, view)}</div>` : nothing
  return html`<div
    class="rows" part="conversations" role="listbox" tabindex="0" data-test="conversations" ${ref(attach)} @keydown=${onKeydown}
    aria-label=${strings.conversations} aria-activedescendant=${at >= 0 ? rowId(active!) : nothing}
  >
    ${edge(open >= 0 && open < first)}
    <div class="before" role="presentation"></div>
    ${repeat(
      shown,
      ([{ to }]) => to,
      ([item, index]) => row(item, index, view),
      ([item]) => plain(item, view),
    )}
    <div class="after" role="presentation"></div>
    ${edge(open >= end)}
    ${isAway ? html`<div class="away" role="presentation">${row(rows[at]!, at, view)}</div>` : nothing}
  </div>`
}
