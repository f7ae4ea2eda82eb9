import { html, nothing, type ReactiveController, type TemplateResult } from 'lit'
import type { ConversationRow } from '../../../gateway/protocol/model.ts'
import { isOnShelf, type ConversationShelf } from '../../client/conversation-filter.ts'
import type { MailboxListView } from '../../mailbox/mailbox-view.ts'
import { PersistedSetting } from '../../ui/persisted-setting.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import type { DeskContext } from '../desk-context.ts'
import { listTabs, type ListView } from './list-tabs.ts'
import { WideSearch } from './wide-search.ts'

const SHELVES: readonly string[] = ['mine', 'waiting', 'all']

/** What narrows the list of conversations: shelves (mine, waiting, all), the order, and a search that the gateway answers. */
export class Search implements ReactiveController {
  readonly #desk: DeskContext
  readonly #wide: WideSearch
  /** Chosen by the agent. */
  readonly #shelf: PersistedSetting
  /** Where an agent begins who has chosen none. */
  #first: ConversationShelf | undefined
  #me: string | undefined

  constructor(desk: DeskContext) {
    this.#desk = desk
    this.#wide = new WideSearch(desk.element)
    this.#shelf = new PersistedSetting(desk.element, 'shelf')
    desk.element.addController(this)
  }

  /** The gateway searches better than a list that is loaded page by page. */
  get isByGateway(): boolean {
    return this.#desk.view.listing.query !== '' && !this.#wide.isUnknown
  }

  /** Adds what the gateway found to the rows that the list shows. */
  readonly addFound = (rows: readonly ConversationRow[], all: readonly ConversationRow[]): readonly ConversationRow[] => this.#wide.merge(rows, all)

  hostUpdate(): void {
    const {
      element,
      me,
      view: { client, listing },
    } = this.#desk
    const shelf = this.#shelf.value ?? ''
    listing.know(me, SHELVES.includes(shelf) ? (shelf as ConversationShelf) : this.#firstShelf())
    if (!element.isConnected) return
    this.#wide.use(client)
    this.#wide.about(listing.query)
  }

  /** One's own, for whoever has any as the list arrives; it stays, whatever is taken or closed later. */
  #firstShelf(): ConversationShelf {
    const {
      me,
      view: { mailbox },
    } = this.#desk
    if (me !== this.#me) this.#first = undefined
    this.#me = me
    if (!this.#first && mailbox.isLoaded && mailbox.rows.length > 0)
      this.#first = mailbox.rows.some((row) => isOnShelf(row, 'mine', me)) ? 'mine' : 'all'
    return this.#first ?? 'all'
  }

  /** What the list shows: the tabs, and in a search the matches. */
  view(): Pick<MailboxListView, 'tabs' | 'emptySentence' | 'foot' | 'found' | 'text'> {
    const {
      view: {
        language: { mailboxStrings },
        listing,
        mailbox,
      },
      words,
    } = this.#desk
    const order = { unread: 'unread', unanswered: 'unanswered', all: listing.unreadFirst ? 'unreadFirst' : 'newest' } as const
    const tabs = listTabs({
      strings: words,
      shelf: listing.shelf,
      view: order[listing.filter],
      counts: { mine: listing.count(mailbox.rows, 'mine'), waiting: listing.count(mailbox.rows, 'waiting') },
      onShelf: (shelf) => (this.#shelf.value = shelf),
      onView: (one: ListView) => listing.ask({ filter: one === 'unread' || one === 'unanswered' ? one : 'all', unreadFirst: one !== 'newest' }),
    })
    // where there is nothing at all, the list says so itself
    const isNone = mailbox.rows.length === 0 && this.#shelf.value === undefined
    const shelfEmpty = isNone ? undefined : { mine: words.nothingMine, waiting: words.nothingWaiting, all: undefined }[listing.shelf]
    const emptySentence = { unread: mailboxStrings.nothingUnread, unanswered: mailboxStrings.nothingUnanswered, all: shelfEmpty }[listing.filter]
    if (listing.query.trim() === '') return { tabs, emptySentence, foot: nothing }
    const { answer, isAsking } = this.#wide
    return {
      tabs,
      emptySentence,
      foot: searchFoot(isAsking ? 'asking' : !answer?.isComplete ? 'partly' : 'done', words),
      found: ({ to }) => answer?.messages.get(to),
      text: (text) => marked(this.#wide.mark(text)),
    }
  }
}

/** Below the rows of a search: whether it still runs, and what it left out. */
const searchFoot = (state: 'asking' | 'partly' | 'done', strings: DeskStrings): TemplateResult =>
  html`<p class="search-foot" data-test="search-foot" data-state=${state} role="status">${
    state === 'asking' ? strings.searching : state === 'partly' ? strings.notAllSearched : nothing
  }</p>`

/** A text with the words that were searched for marked. */
const marked = (pieces: readonly { readonly text: string; readonly isFound: boolean }[]): TemplateResult =>
  html`${pieces.map(({ isFound, text }) => (isFound ? html`<mark>${text}</mark>` : text))}`
