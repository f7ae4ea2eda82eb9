import { html, nothing, type TemplateResult } from 'lit'
import type { Transfer } from '../../../gateway/protocol/model.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { isolated } from '../../ui/isolated.ts'
import { firstClick } from '../../ui/first-click.ts'
import { repeat } from '../../ui/keyed-list.ts'
import { countdown } from './countdown.ts'

export interface OfferedView {
  /** The conversation's. */
  readonly id: string
  readonly name: string
  readonly transfer: Transfer
  readonly isBusy: boolean
  readonly onAnswer: (isYes: boolean) => void
  readonly onLook: () => void
}

export interface OffersView {
  readonly offered: readonly OfferedView[]
  readonly strings: DeskStrings
  readonly now: number
  /** A label with the keys that do the same. */
  readonly keys: (label: string, action: 'accept' | 'decline') => string
}

/** Transfers that colleagues offer, and requests of theirs, above everything else; the composer keeps the focus. */
export function offers({ keys, now, offered, strings }: OffersView): TemplateResult {
  return html`<section class="offers" part="offers" role="region" aria-label=${strings.offers} ?hidden=${offered.length === 0}>
    <div role="alert">${repeat(
      offered,
      ({ id }) => id,
      (one) => html`<div class="offered" data-test="offered" data-conversation=${one.id} data-transfer=${one.transfer.id}>
      <p><span dir="auto">${sentence(one, strings)}</span>
        ${one.transfer.note ? html`<q dir="auto">${one.transfer.note}</q>` : nothing}</p>
      <span aria-hidden="true">${countdown(one.transfer, now, strings)}</span>
      <button type="button" class="act main" data-test="accept" title=${one === offered[0] ? keys(strings.accept, 'accept') : nothing}
        ?disabled=${one.isBusy} @click=${firstClick(() => one.onAnswer(true))}>${strings.accept}</button>
      <button type="button" class="act" data-test="decline" title=${one === offered[0] ? keys(strings.decline, 'decline') : nothing}
        ?disabled=${one.isBusy} @click=${firstClick(() => one.onAnswer(false))}>${strings.decline}</button>
      <button type="button" class="act" data-test="look" @click=${one.onLook}>${strings.look}</button>
    </div>`,
    )}</div>
  </section>`
}

function sentence({ name, transfer: { from, isRequest, to } }: OfferedView, strings: DeskStrings): TemplateResult {
  const starter = isRequest ? to : from
  return isolated(isRequest ? strings.request : strings.offer, { from: starter.name ?? starter.id, name })
}
