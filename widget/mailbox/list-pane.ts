import { html, nothing, type TemplateResult } from 'lit'
import { fill } from '../locales/fill.ts'
import { conversationList, type ConversationListView } from './conversation-list.ts'
import { deskIcons } from '../ui/page-icons.ts'
import { icons } from '../ui/icons.ts'

export interface ListPaneView extends ConversationListView {
  readonly title: string
  readonly query: string
  /** A button beside the search. */
  readonly beside?: TemplateResult
  /** The filters below the search. */
  readonly tabs: TemplateResult | typeof nothing
  /** Shown where there is no row. */
  readonly emptySentence: string
  readonly emptyHint: string | undefined
  /** Shown below the rows. */
  readonly foot: TemplateResult | typeof nothing
  /** Rows that will move up once the order is released. */
  readonly movedCount: number
  /** Buttons at the right of the title. */
  readonly tools: TemplateResult | typeof nothing
  /** A question to the person, above the rows. */
  readonly question: TemplateResult | typeof nothing
  readonly onQuery: (query: string) => void
  /** A key in the search field. */
  readonly onSearchKeydown: (event: KeyboardEvent) => void
  readonly onMoved: () => void
  /** The pointer moves over the rows, turns its wheel there, or leaves them. */
  readonly onPointer: (event: Event) => void
}

/** The left column: title, search, filters, conversations. */
export function listPane(view: ListPaneView): TemplateResult {
  const { foot, movedCount, onMoved, onPointer, question, strings, tabs, title, tools } = view
  return html`<nav class="list" part="list" aria-label=${strings.conversations}>
    <header class="bar list-bar"><h1 class="list-title" dir="auto">${title}</h1>${tools}</header>
    ${view.beside ? html`<div class="finding">${searchField(view)}${view.beside}</div>` : searchField(view)} ${tabs} ${question}
    <div class="list-body" @pointermove=${onPointer} @wheel=${onPointer} @pointerleave=${onPointer}>
      ${
        movedCount > 0
          ? html`<button class="moved" type="button" @click=${onMoved}>${deskIcons.up}${fill(strings.movedAbove, { n: movedCount })}</button>`
          : nothing
      }
      ${view.rows.length > 0 ? conversationList(view) : emptyList(view)} ${foot}
    </div>
  </nav>`
}

function searchField({ onQuery, onSearchKeydown, query, strings }: ListPaneView): TemplateResult {
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.isComposing && query) onQuery('')
    else onSearchKeydown(event)
  }
  return html`<div class="search" role="search">
    ${deskIcons.search}
    <input
      type="search" data-test="search" .value=${query} placeholder=${strings.searchHint} aria-label=${strings.search}
      autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search"
      @keydown=${onKeydown}
      @input=${(event: Event) => onQuery((event.target as HTMLInputElement).value)}
    />
    ${
      query
        ? html`<button class="plain" type="button" aria-label=${strings.clearSearch} @click=${() => onQuery('')}>${icons.close}</button>`
        : nothing
    }
  </div>`
}

const emptyList = ({ emptyHint, emptySentence }: ListPaneView): TemplateResult => html`<div class="nothing" role="status">
  ${emptySentence}${emptyHint ? html`<span>${emptyHint}</span>` : nothing}
</div>`
