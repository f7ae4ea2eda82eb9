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

/** Transfers that colleagues offer, above everything else; the composer keeps the focus. */
export function offers(offered: readonly OfferedView[], strings: DeskStrings, now: number): TemplateResult {
  return html`<section class="offers" part="offers" role="region" aria-label=${strings.offers} ?hidden=${offered.length === 0}>
    <div role="alert">${repeat(
      offered,
      ({ id }) => id,
      (one) => html`<div class="offered" data-test="offered" data-conversation=${one.id}>
      <p><span dir="auto">${isolated(strings.offer, { from: one.transfer.from.name ?? one.transfer.from.id, name: one.name })}</span>
        ${one.transfer.note ? html`<q dir="auto">${one.transfer.note}</q>` : nothing}</p>
      <span aria-hidden="true">${countdown(one.transfer, now, strings)}</span>
      <button type="button" class="act main" data-test="accept" ?disabled=${one.isBusy} @click=${firstClick(() => one.onAnswer(true))}>${strings.accept}</button>
      <button type="button" class="act" data-test="decline" ?disabled=${one.isBusy} @click=${firstClick(() => one.onAnswer(false))}>${strings.decline}</button>
      <button type="button" class="act" data-test="look" @click=${one.onLook}>${strings.look}</button>
    </div>`,
    )}</div>
  </section>`
}
