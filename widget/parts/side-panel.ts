import { html, nothing, type TemplateResult } from 'lit'
import type { Message } from '../../gateway/protocol/model.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import type { Strings } from '../locales/strings.ts'
import { avatar } from './avatar.ts'
import { deskIcons } from './desk-icons.ts'

import { pageCards } from './page-cards.ts'

export interface SidePanelView {
  readonly strings: Strings
  readonly deskStrings: DeskStrings
  readonly to: string
  readonly name: string
  /** Label and value, in order. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  /** Product and order messages of this conversation, the newest first, each thing once. */
  readonly shared: readonly Message[]
  /** Whether a picture of theirs may be loaded without being asked for. */
  readonly isTrusted: (address: string) => boolean
  readonly isCopied: boolean
  /** What else is known of them. */
  readonly more: TemplateResult | typeof nothing
  /** What can be done about them. */
  readonly acts: TemplateResult | typeof nothing
  readonly onCopy: () => void
  readonly onClose: () => void
}

/** The right column: who the other side is, and what the conversation is about. */
export function sidePanel(view: SidePanelView): TemplateResult {
  const { deskStrings, facts, name, onClose, to } = view
  return html`<aside class="side" part="details" data-test="details" aria-label=${deskStrings.details}>
    <header class="bar">
      <button class="plain back" type="button" aria-label=${deskStrings.hideDetails} @click=${onClose}>${deskIcons.back}</button>
      <h2>${deskStrings.details}</h2>
    </header>
    <div class="side-body" tabindex="0" role="group" aria-label=${deskStrings.details}>
      <div class="card-face">${avatar(to, name)}<h3 dir="auto">${name}</h3></div>
      <dl class="facts-list">
        <div><dt>${deskStrings.customerId}</dt><dd>${copyable(view)}</dd></div>
        ${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}
      </dl>
      ${view.more}
      <section aria-label=${deskStrings.shared}><h3 class="side-title">${deskStrings.shared}</h3>${things(view)}</section>
      ${view.acts}
    </div>
  </aside>`
}

const copyable = ({ deskStrings, isCopied, onCopy, to }: SidePanelView): TemplateResult =>
  html`<button class="copy" type="button" data-test="copy-id" title=${deskStrings.copy} @click=${onCopy}
    ><bdi>${to}</bdi>${deskIcons.copy}<span class="sr" role="status">${isCopied ? deskStrings.copied : nothing}</span></button>`

function things({ deskStrings, isTrusted, shared, strings }: SidePanelView): TemplateResult {
  if (shared.length === 0) return html`<p class="hint">${deskStrings.nothingShared}</p>`
  return html`<ul class="things">
    ${shared.map(({ body, kind }) => html`<li>${pageCards.content(kind, body, { strings, isTrusted }) ?? body.text}</li>`)}
  </ul>`
}
