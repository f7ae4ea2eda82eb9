import { html, nothing, type TemplateResult } from 'lit'
import { fill } from '../locales/fill.ts'
import { conversationList, type ConversationListView } from './conversation-list.ts'
import { deskIcons } from './desk-icons.ts'
import { icons } from './icons.ts'

export type ListFilter = 'all' | 'unread' | 'unanswered'

export interface ListPaneView extends ConversationListView {
  readonly title: string
  readonly query: string
  readonly filter: ListFilter
  /** The filters offered, in order. */
  readonly filters: readonly ListFilter[]
  readonly counts: Readonly<Partial<Record<ListFilter, number>>>
  readonly isLoaded: boolean
  /** Rows that will move up once the order is let go. */
  readonly movedCount: number
  /** Buttons at the right of the title. */
  readonly tools: TemplateResult | typeof nothing
  /** A question to the person, above the rows. */
  readonly question: TemplateResult | typeof nothing
  readonly onQuery: (query: string) => void
  readonly onFilter: (filter: ListFilter) => void
  readonly onMoved: () => void
  /** The pointer moves over the rows, turns its wheel there, or leaves them. */
  readonly onPointer: (event: Event) => void
}

/** The left column: title, search, filters, conversations. */
export function listPane(view: ListPaneView): TemplateResult {
  const { movedCount, onMoved, onPointer, question, strings, title, tools } = view
  return html`<nav class="list" part="list" aria-label=${strings.conversations}>
    <header class="bar list-bar"><h1 class="list-title" dir="auto">${title}</h1>${tools}</header>
    ${searchField(view)} ${filterChips(view)} ${question}
    <div class="list-body" @pointermove=${onPointer} @wheel=${onPointer} @pointerleave=${onPointer}>
      ${movedCount > 0
        ? html`<button class="moved" type="button" @click=${onMoved}>${deskIcons.up}${fill(strings.movedAbove, { n: movedCount })}</button>`
        : nothing}
      ${view.rows.length > 0 ? conversationList(view) : emptyList(view)}
    </div>
  </nav>`
}

function searchField({ onQuery, query, strings }: ListPaneView): TemplateResult {
  return html`<div class="search" role="search">
    ${deskIcons.search}
    <input
      type="search" data-test="search" .value=${query} placeholder=${strings.searchHint} aria-label=${strings.search}
      autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search"
      @keydown=${(event: KeyboardEvent) => (event.key === 'Escape' && !event.isComposing && query ? onQuery('') : nothing)}
      @input=${(event: Event) => onQuery((event.target as HTMLInputElement).value)}
    />
    ${query
      ? html`<button class="plain" type="button" aria-label=${strings.clearSearch} @click=${() => onQuery('')}>${icons.close}</button>`
      : nothing}
  </div>`
}

function filterChips({ counts, filter, filters, onFilter, strings }: ListPaneView): TemplateResult | typeof nothing {
  if (filters.length < 2) return nothing
  return html`<div class="chips" role="group" aria-label=${strings.filter}>
    ${filters.map((name) => html`<button
      type="button" data-test="filter" data-filter=${name} aria-pressed=${name === filter} @click=${() => onFilter(name)}
      >${strings[name]}${counts[name] ? html`<span class="chip-count">${counts[name]}</span>` : nothing}</button>`)}
  </div>`
}

function emptyList({ filter, isLoaded, query, strings }: ListPaneView): TemplateResult {
  const empty = { all: strings.noConversations, unread: strings.nothingUnread, unanswered: strings.nothingUnanswered }[filter]
  const sentence = !isLoaded ? strings.loading : query ? strings.nothingFound : empty
  const hint = isLoaded && !query && filter === 'all' ? strings.noConversationsHint : undefined
  return html`<div class="nothing" role="status">
    ${sentence}${hint ? html`<span>${hint}</span>` : nothing}
  </div>`
}
