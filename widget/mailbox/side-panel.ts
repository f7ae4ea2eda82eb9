import { html, nothing, type TemplateResult } from 'lit'
import type { Message } from '../../gateway/protocol/model.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import type { Strings } from '../locales/strings.ts'
import { avatar } from '../ui/avatar.ts'
import { deskIcons } from '../ui/page-icons.ts'
import type { Card } from '../ui/card.ts'
import { cardOf } from '../ui/cards.ts'

export interface SidePanelView {
  readonly strings: Strings
  readonly mailboxStrings: MailboxStrings
  readonly to: string
  readonly name: string
  /** Label and value, in order. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  /** Product and order messages of this conversation, newest first, each once. */
  readonly shared: readonly Message[]
  /** Whether a picture of the other side may load without the reader asking for it. */
  readonly isTrusted: (address: string) => boolean
  /** A card was tapped; true: the page shows it. */
  readonly onTap: (card: Card) => boolean
  readonly isCopied: boolean
  /** What comes first: what the agent is asked about most. */
  readonly more: TemplateResult | typeof nothing
  /** What comes after the facts. */
  readonly rest: TemplateResult | typeof nothing
  /** Actions on the other side. */
  readonly acts: TemplateResult | typeof nothing
  readonly onCopy: () => void
  readonly onClose: () => void
}

/** The right column: who the other side is, and what the conversation is about. */
export function sidePanel(view: SidePanelView): TemplateResult {
  const { mailboxStrings, facts, name, onClose, to } = view
  return html`<aside class="side" part="details" data-test="details" aria-label=${mailboxStrings.details}>
    <header class="bar">
      <button class="plain back" type="button" aria-label=${mailboxStrings.hideDetails} @click=${onClose}>${deskIcons.back}</button>
      <h2>${mailboxStrings.details}</h2>
    </header>
    <div class="side-body" tabindex="0" role="group" aria-label=${mailboxStrings.details}>
      <div class="card-face">${avatar(to, name)}<h3 dir="auto">${name}</h3></div>
      ${view.more}
      <dl class="facts-list">
        <div><dt>${mailboxStrings.customerId}</dt><dd>${copyable(view)}</dd></div>
        ${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}
      </dl>
      <section aria-label=${mailboxStrings.shared}><h3 class="side-title">${mailboxStrings.shared}</h3>${things(view)}</section>
      ${view.rest} ${view.acts}
    </div>
  </aside>`
}

const copyable = ({ mailboxStrings, isCopied, onCopy, to }: SidePanelView): TemplateResult =>
  html`<button class="copy" type="button" data-test="copy-id" title=${mailboxStrings.copy} @click=${onCopy}
    ><bdi>${to}</bdi>${deskIcons.copy}<span class="sr" role="status">${isCopied ? mailboxStrings.copied : nothing}</span></button>`

function things({ mailboxStrings, isTrusted, onTap, shared, strings, to }: SidePanelView): TemplateResult {
  if (shared.length === 0) return html`<p class="hint">${mailboxStrings.nothingShared}</p>`
  return html`<ul class="things">
    ${shared.map(({ body, kind, side }) => {
      const view = { strings, onTap, isTrusted: (address: string) => side !== to || isTrusted(address) }
      return html`<li>${cardOf(kind, body, view) ?? body.text}</li>`
    })}
  </ul>`
}
