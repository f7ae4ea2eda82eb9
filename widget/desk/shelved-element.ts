import { nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { ConversationRow } from '../../gateway/protocol/model.ts'
import type { ConversationShelf } from '../client/conversation-filter.ts'
import { WideSearch } from './search/wide-search.ts'
import { PersistedSetting } from '../ui/persisted-setting.ts'
import { deskStringsFor } from '../locales/desk-strings-for.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { listTabs, type ListView } from './list-tabs.ts'
import { marked } from './search/marked.ts'
import { searchFoot } from './search/search-foot.ts'
import { assignmentMark } from './assignment/assignment-mark.ts'
import { MailboxElement } from '../mailbox/mailbox-element.ts'

const SHELVES: readonly string[] = ['mine', 'waiting', 'all']

/** A list of conversations on shelves, mine, waiting and all, that the gateway helps to search. */
export abstract class ShelvedElement extends MailboxElement {
  readonly #search = new WideSearch(this)
  readonly #chosen = new PersistedSetting(this, 'shelf')

  protected get words(): DeskStrings {
    return deskStringsFor(this.lang, document.documentElement.lang, navigator.language)
  }

  protected get me(): string | undefined {
    return this.mailbox.identity?.id
  }

  protected override get rows(): readonly ConversationRow[] {
    return this.#search.merge(super.rows, this.mailbox.rows)
  }

  /** The gateway searches better than a list that is loaded page by page. */
  protected override get isNarrow(): boolean {
    return this.listing.isSearching && (this.listing.query === '' || this.#search.isUnknown)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const chosen = this.#chosen.value ?? ''
    this.listing.know(this.me, SHELVES.includes(chosen) ? (chosen as ConversationShelf) : 'all')
    super.willUpdate(changed)
    if (!this.isConnected) return
    this.#search.use(this.controller.client)
    this.#search.about(this.listing.query)
  }

  /** A customer's pass opens a customer's line: there is nothing on it to answer. */
  protected override get trouble(): string | undefined {
    const { identity } = this.mailbox
    return super.trouble ?? (identity && identity.role !== 'agent' ? this.language.mailboxStrings.notAgent : undefined)
  }

  protected shelves(tools: TemplateResult): TemplateResult {
    const { language: { mailboxStrings, lang }, listing, mailbox, me, words } = this
    const { answer, isAsking } = this.#search
    const view = { unread: 'unread', unanswered: 'unanswered', all: listing.unreadFirst ? 'unreadFirst' : 'newest' } as const
    const tabs = listTabs({
      strings: words, shelf: listing.shelf, view: view[listing.filter],
      counts: { mine: listing.count(mailbox.rows, 'mine'), waiting: listing.count(mailbox.rows, 'waiting') },
      onShelf: (shelf) => (this.#chosen.value = shelf),
      onView: (one: ListView) => listing.ask({ filter: one === 'unread' || one === 'unanswered' ? one : 'all', unreadFirst: one !== 'newest' }),
    })
    const shelfEmpty = { mine: words.nothingMine, waiting: words.nothingWaiting, all: undefined }[listing.shelf]
    const isSearch = listing.query.trim() !== ''
    return this.list({
      tabs, tools,
      title: mailboxStrings.conversations,
      emptySentence: { unread: mailboxStrings.nothingUnread, unanswered: mailboxStrings.nothingUnanswered, all: shelfEmpty }[listing.filter],
      foot: isSearch ? searchFoot(isAsking ? 'asking' : !answer?.isComplete ? 'partly' : 'done', words) : nothing,
      mark: (row) => assignmentMark(row, { me, lang, strings: words, now: Date.now() }),
      ...(isSearch ? { found: ({ to }) => answer?.messages.get(to), text: (text: string) => marked(this.#search.mark(text)) } : {}),
    })
  }
}
