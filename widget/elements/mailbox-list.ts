import type { nothing, TemplateResult } from 'lit'
import type { ListKeys } from '../controllers/list-keys.ts'
import type { Listing } from '../controllers/listing.ts'
import type { Mailbox } from '../controllers/mailbox.ts'
import type { VirtualRows } from '../controllers/virtual-rows.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { listPane, type ListFilter } from '../parts/list-pane.ts'

export interface MailboxListOptions {
  readonly mailbox: Mailbox
  readonly listing: Listing
  readonly virtual: VirtualRows
  readonly keys: ListKeys
  readonly deskStrings: DeskStrings
  readonly lang: string
  readonly title: string
  readonly selected: string
  readonly filters: readonly ListFilter[]
  readonly tools: TemplateResult | typeof nothing
  readonly question: TemplateResult | typeof nothing
  readonly onOpen: (to: string) => void
}

/** What the controllers know of the list, as what the left column shows. */
export function mailboxList(options: MailboxListOptions): TemplateResult {
  const { deskStrings, keys, lang, listing, mailbox, selected, virtual, ...rest } = options
  const rows = listing.rows(mailbox.rows)
  const { first, end } = virtual.range(rows.length)
  if (end >= rows.length - 10) mailbox.needMore()
  return listPane({
    ...rest, rows, first, end, lang, selected,
    strings: deskStrings,
    active: keys.active ?? rows[0]?.to,
    me: mailbox.identity?.id,
    now: Date.now(),
    query: listing.query,
    filter: listing.filter,
    counts: options.filters.length < 2 ? {} : { unread: mailbox.unreadCount, unanswered: listing.unansweredCount(mailbox.rows) },
    isLoaded: mailbox.isLoaded,
    movedCount: listing.waitingCount,
    attach: virtual.attach,
    onKeydown: keys.onKeydown,
    onPointer: listing.onPointer,
    onQuery: (query) => listing.ask({ query }),
    onFilter: (filter) => listing.ask({ filter }),
    onMoved: () => listing.letGo(),
  })
}
