import { html, nothing, type TemplateResult } from 'lit'
import type { Body } from '../../../gateway/protocol/model.ts'
import type { Strings } from '../../locales/strings.ts'
import { icons } from '../../ui/icons.ts'
import { isBigEmoji } from './big-emoji.ts'
import { mayRetry } from '../../ui/refusal-sentence.ts'
import { entryWords } from '../../ui/entry-words.ts'
import { shownName } from '../../ui/shown-name.ts'
import { linkify } from './linkify.ts'
import type { Asker } from '../../ui/on-demand.ts'
import type { BubbleRow, MessageState } from './rows.ts'

/** `body.quote` of a text. */
interface Quote {
  readonly seq: number
  readonly from: string
  readonly name?: string
  readonly kind: string
  readonly text: string
}

export interface BubbleOptions {
  readonly strings: Strings
  /** Renders again when a script has come that a message needs. */
  readonly asker: Asker
  /** Renders a message of another kind than text. Undefined: its text is shown. */
  readonly card: (row: BubbleRow) => TemplateResult | undefined
  readonly time: (at: number) => string
  readonly refusal: (row: BubbleRow) => string
  /** The other side takes no messages. */
  readonly blocked?: string | undefined
  /** A quote was pressed. */
  readonly onQuoted: (seq: number) => void
  readonly onRetry: (id: string) => void
  readonly onDiscard: (id: string) => void
}

/** One message. Its parts are `bubble` and, so that a page can style them apart, `bubble-own` or `bubble-other`. */
export function bubble(row: BubbleRow, options: BubbleOptions): TemplateResult {
  const { isOwn, kind, body, state, name, isFirst, isLast } = row
  if (kind === 'system')
    return html`<div class="system" data-test="message" data-id=${row.id} data-seq=${row.seq ?? ''} data-state=${state}>
    <span dir="auto" translate="yes">${wordsOf(row, options)}</span>
  </div>`
  const isBig = kind === 'text' && !('quote' in body) && isBigEmoji(body.text)
  const shape = `row ${isOwn ? 'own' : 'other'}${isFirst ? ' first' : ''}${isLast ? ' last' : ''}${isBig ? ' big' : ''}`
  return html`<div class=${shape} data-test="message" data-id=${row.id} data-seq=${row.seq ?? ''} data-state=${state}>
    ${isFirst && name ? html`<div class="name" dir="auto">${name}</div>` : nothing}
    <div class="bubble" part="bubble ${isOwn ? 'bubble-own' : 'bubble-other'}">
      ${isOwn ? html`<span class="sr">${options.strings.you}: </span>` : nothing}${content(row, options)}${meta(row, options)}
    </div>${row.isTimed ? nothing : clock(row, options)}
    ${state === 'failed' ? failure(row, options) : state === 'waiting' ? waiting(row, options) : nothing}
  </div>`
}

/** In the bubble's corner: when, every few minutes, and of own messages what became of them. */
function meta(row: BubbleRow, options: BubbleOptions): TemplateResult | typeof nothing {
  const { isOwn, isTimed, isNewestRead, state } = row
  if (!isOwn && !isTimed) return nothing
  const { states } = options.strings
  return html`<span class="meta">${isTimed ? clock(row, options) : nothing}${isNewestRead ? html`<span class="seen">${states.read}</span>` : nothing}${
    isOwn ? tick(state, isNewestRead ? '' : states[state]) : nothing
  }</span>`
}

const clock = ({ at }: BubbleRow, { time }: BubbleOptions): TemplateResult =>
  html`<time dir="auto" datetime=${new Date(at).toISOString()}>${time(at)}</time>`
function content(row: BubbleRow, options: BubbleOptions): TemplateResult {
  const { kind, body } = row
  if (kind === 'withdrawn') return html`<span class="text gone" dir="auto">${wordsOf(row, options)}</span>`
  const words = html`<span class="text" dir="auto" translate="yes">${linkify(textWithAddress(body), options.asker)}</span>`
  return kind === 'text' ? html`${quoted(body, options)}${words}` : (options.card(row) ?? words)
}

const wordsOf = (row: BubbleRow, { strings }: BubbleOptions): string => entryWords({ ...row, isMine: row.isOwn && !row.name }, strings)

/** The quoted words, which the gateway took from its log. A press goes to the message itself. */
function quoted({ quote }: Body & { readonly quote?: Quote }, { strings, onQuoted }: BubbleOptions): TemplateResult | typeof nothing {
  if (!quote) return nothing
  const { seq, from, name } = quote
  return html`<button type="button" class="quote" data-test="quoted" @click=${() => onQuoted(seq)}>
    ${name ? html`<b dir="auto">${shownName(name, from, strings)}</b>` : nothing}<span dir="auto">${entryWords({ ...quote, body: quote, isMine: false, name: undefined }, strings)}</span>
  </button>`
}

/** Without a card, the card's address is appended to the text. */
const textWithAddress = ({ text, url }: Body & { readonly url?: unknown }): string =>
  typeof url === 'string' && url.startsWith('http') && !text.includes(url) ? `${text} ${url}` : text

function failure(row: BubbleRow, { strings, blocked, refusal, onRetry, onDiscard }: BubbleOptions): TemplateResult {
  const isHopeless = row.refusal !== undefined && !mayRetry(row.refusal, blocked !== undefined)
  return html`<div class="failure">
    <span class="reason">${icons.alert}<bdi>${refusal(row)}</bdi></span>
    <span>${
      isHopeless ? nothing : html`<button type="button" data-test="retry" part="retry" @click=${() => onRetry(row.id)}>${strings.retry}</button>`
    }
    <button type="button" data-test="discard" part="discard" @click=${() => onDiscard(row.id)}>${strings.discard}</button></span>
  </div>`
}

/** Says why a message waits, and what must not happen meanwhile; the clock icon says only that it does. */
function waiting({ refusal, isBehind, isOnlyHere }: BubbleRow, { strings: { pictures, putOff } }: BubbleOptions): readonly TemplateResult[] {
  const why = refusal ? putOff[refusal.code === 'rate_limited' ? 'limited' : 'busy'] : isBehind && pictures.waits
  const words = [why, isOnlyHere && pictures.keepOpen].filter((word) => typeof word === 'string')
  return words.map((word) => html`<div class="put-off" data-test="put-off" dir="auto">${word}</div>`)
}

const CLOCK = 'M3 6a5 5 0 1 0 10 0A5 5 0 1 0 3 6m5-3v3l2 1'
const TICKS: Readonly<Record<MessageState, string>> = {
  waiting: CLOCK,
  sending: CLOCK,
  failed: 'M8 1v6m0 3h0',
  sent: 'M4 6l3 3 5-6',
  delivered: 'M1 6l3 3 5-6M7 8l1 1 5-6',
  // a tick in a disc: told from the two of delivered without colours
  read: 'M2.5 6a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0M5.5 6l2 2 3-4',
}

/** What became of an own message; without a name where words beside it say so. */
const tick = (state: MessageState, name: string): TemplateResult =>
  html`<svg class="tick" width="16" height="12" viewBox="0 0 16 12" role=${name ? 'img' : nothing} aria-label=${name || nothing}
    aria-hidden=${!name}><path d=${TICKS[state]} /></svg>`
