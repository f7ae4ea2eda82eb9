import { html, nothing, type TemplateResult } from 'lit'
import type { ConversationShelf } from '../../client/conversation-filter.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { deskIcons } from '../../ui/page-icons.ts'

export type ListView = keyof DeskStrings['views']

const SHELVES: readonly ConversationShelf[] = ['mine', 'waiting', 'all']
const VIEWS: readonly ListView[] = ['unreadFirst', 'newest', 'unread', 'unanswered']

export interface ListTabsView {
  readonly strings: DeskStrings
  readonly shelf: ConversationShelf
  readonly view: ListView
  readonly counts: Readonly<Partial<Record<ConversationShelf, number>>>
  readonly onShelf: (shelf: ConversationShelf) => void
  readonly onView: (view: ListView) => void
}

/** Whose conversations, and in which order. */
export const listTabs = ({ counts, onShelf, onView, shelf, strings, view }: ListTabsView): TemplateResult => html`<div class="tabs">
  <div class="chips" role="group" aria-label=${strings.shelf}>
    ${SHELVES.map(
      (one) => html`<button type="button" data-test="shelf" data-shelf=${one} aria-pressed=${one === shelf}
      @click=${() => onShelf(one)}>${strings.shelves[one]}${counts[one] ? html`<span class="chip-count">${counts[one]}</span>` : nothing}</button>`,
    )}
  </div>
  <label class="view" title=${strings.views[view]} ?data-changed=${view !== 'unreadFirst'}>${deskIcons.view}<select
    data-test="view" aria-label=${strings.view}
    @change=${({ target }: Event) => onView((target as HTMLSelectElement).value as ListView)}>
    ${VIEWS.map((one) => html`<option value=${one} ?selected=${one === view}>${strings.views[one]}</option>`)}
  </select></label>
</div>`
