import { html, nothing, type TemplateResult } from 'lit'
import type { ConnectionState } from '../../client/types.ts'
import { fill } from '../../locales/fill.ts'
import type { Strings } from '../../locales/strings.ts'
import { bubble, type BubbleOptions } from './bubble.ts'
import { firstScreen, type FirstScreen } from './first-screen.ts'
import { icons } from '../../ui/icons.ts'
import { shownName } from '../../ui/shown-name.ts'
import type { MarkRow, Row } from './rows.ts'
import { repeat } from '../../ui/keyed-list.ts'

export interface TimelineOptions extends BubbleOptions {
  readonly rows: readonly Row[]
  readonly connection: ConnectionState
  readonly isLoaded: boolean
  readonly isLoadingOlder: boolean
  readonly typing: { readonly from: string; readonly name?: string } | undefined
  /** Messages that arrived while the reader was not at the end; undefined at the end. */
  readonly newCount: number | undefined
  /** The newest message, for screen readers. */
  readonly announcement: string
  /** Content of a mark between bubbles: the day, or what the page puts there. */
  readonly day: (row: MarkRow) => string | TemplateResult
  /** In place of messages where there are none; undefined: an invitation to write. */
  readonly first?: FirstScreen | undefined
  /** Below everything: when somebody is there again. */
  readonly note?: string | undefined
  readonly onLatest: () => void
  /** Unread messages whose first one lies above what is visible. */
  readonly newAbove: number | undefined
  readonly onNew: () => void
}

/**
 * The messages and what floats over them. The log itself is not live (`aria-live=off`), or a screen reader would read older pages as new messages. A
 * live region beside it announces each new message once.
 */
export function timeline(options: TimelineOptions): TemplateResult {
  const { connection, strings, rows, isLoaded, isLoadingOlder, newCount, announcement } = options
  return html`<div class="timeline" part="timeline" data-test="timeline" role="log" aria-live="off" tabindex="0"
      aria-label=${strings.messages} aria-busy=${(!isLoaded && connection.name !== 'refused') || isLoadingOlder}>
      <div class="content">
        ${isLoadingOlder ? html`<div class="older" data-test="older"><i></i><span class="sr">${strings.older}</span></div>` : nothing}
        ${isLoaded && rows.length === 0 ? (options.first ? firstScreen(options.first) : empty(strings)) : nothing}
        ${repeat(
          rows,
          ({ key }) => key,
          (row) => rowView(row, options),
          plainRow,
        )}
        ${options.note ? html`<div class="system" data-test="note" dir="auto">${options.note}</div>` : nothing}
        ${options.typing ? typing(options.typing, strings) : nothing}
      </div>
    </div>
    <div class="sr" aria-live="polite" data-test="announcement">${announcement}</div>
    ${options.newAbove === undefined ? nothing : above(options.newAbove, options)}${newCount === undefined ? nothing : latest(newCount, options)}`
}

const above = (count: number, { strings, onNew }: TimelineOptions): TemplateResult =>
  html`<button type="button" class="above pill" part="new-above" data-test="new-above" @click=${onNew}>${icons.down}${fill(strings.newAbove, {
    n: count,
  })}</button>`

function rowView(row: Row, options: TimelineOptions): TemplateResult {
  if (row.type === 'bubble') return bubble(row, options)
  return row.type === 'day'
    ? html`<div class="mark"><span>${options.day(row)}</span></div>`
    : html`<div class="mark new" data-test="new"><span>${options.strings.newMessages}</span></div>`
}

/** A message whose rendering failed: its plain text. */
function plainRow(row: Row): TemplateResult {
  const { isOwn, body } = row as { readonly isOwn?: boolean; readonly body?: { readonly text?: unknown } }
  return html`<div class="row ${isOwn ? 'own' : 'other'} first last" data-test="message">
    <div class="bubble" part="bubble"><span class="text" dir="auto">${typeof body?.text === 'string' ? body.text : ''}</span></div>
  </div>`
}

const empty = (strings: Strings): TemplateResult => html`<div class="empty" data-test="empty" part="empty">
  <span class="mascot">${icons.chat}</span><b>${strings.empty}</b>
</div>`

const typing = ({ from, name }: NonNullable<TimelineOptions['typing']>, strings: Strings): TemplateResult =>
  html`<div class="row other first last" data-test="typing">
    <div class="bubble dots" role="img" aria-label=${name ? fill(strings.typingName, { name: shownName(name, from, strings) }) : strings.typing}><i></i><i></i><i></i></div>
  </div>`

function latest(count: number, { strings, onLatest }: TimelineOptions): TemplateResult {
  const label = count > 0 ? fill(strings.latestNew, { n: count }) : strings.latest
  return html`<button type="button" class="latest" part="latest" data-test="latest" aria-label=${label} @click=${onLatest}>
    ${icons.down}${count > 0 ? html`<span class="count">${count > 99 ? '99+' : count}</span>` : nothing}
  </button>`
}
