import type { nothing, TemplateResult } from 'lit'
import type { ConversationRow } from '../../gateway/protocol/model.ts'
import type { ListKeys } from './list-keys.ts'
import type { Listing } from './listing.ts'
import type { Mailbox } from './mailbox.ts'
import type { VirtualRows } from './virtual-rows.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import { listPane, type ListPaneView } from './list-pane.ts'

export interface MailboxListOptions extends Pick<
  ListPaneView,
  'entryStrings' | 'title' | 'tools' | 'beside' | 'tabs' | 'foot' | 'mark' | 'found' | 'text' | 'gateway' | 'isThere' | 'draft'
> {
  readonly mailbox: Mailbox
  readonly listing: Listing
  readonly virtual: VirtualRows
  readonly keys: ListKeys
  /** In the order shown. */
  readonly rows: readonly ConversationRow[]
  readonly mailboxStrings: MailboxStrings
  readonly lang: string
  readonly selected: string
  /** Shown where a filter leaves no row; undefined: there are no conversations at all. */
  readonly emptySentence: string | undefined
  /** Why there is no list: a final refusal. */
  readonly trouble: string | undefined
  readonly question: TemplateResult | typeof nothing
  readonly onOpen: (to: string) => void
}

/** Builds the view of the left column from what the controllers know of the list. */
export function mailboxList(options: MailboxListOptions): TemplateResult {
  const { mailboxStrings, emptySentence, trouble, keys, lang, listing, mailbox, rows, selected, virtual, ...rest } = options
  const { first, end } = virtual.range(rows.length)
  if (end >= rows.length - 10) mailbox.needMore()
  const isNone = mailbox.isLoaded && listing.query === '' && emptySentence === undefined
  const sentence = listing.query ? mailboxStrings.nothingFound : (emptySentence ?? mailboxStrings.noConversations)
  return listPane({
    ...rest,
    rows,
    first,
    end,
    lang,
    selected,
    strings: mailboxStrings,
    active: keys.active ?? rows[0]?.to,
    me: mailbox.identity?.id,
    now: Date.now(),
    query: listing.query,
    emptySentence: trouble ?? (mailbox.isLoaded ? sentence : mailboxStrings.loading),
    emptyHint: isNone && trouble === undefined ? mailboxStrings.noConversationsHint : undefined,
    movedCount: listing.waitingCount,
    attach: virtual.attach,
    onKeydown: keys.onKeydown,
    onSearchKeydown: keys.onSearchKeydown,
    onPointer: listing.onPointer,
    onQuery: (query) => listing.ask({ query }),
    onMoved: () => listing.letGo(),
  })
}
