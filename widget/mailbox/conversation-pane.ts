import { html, nothing, type TemplateResult } from 'lit'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import { avatar } from '../ui/avatar.ts'
import { banner, type BannerOptions } from '../ui/banner.ts'
import { composer, type ComposerOptions } from '../chat/composer/composer-view.ts'
import { deskIcons } from '../ui/page-icons.ts'
import { icons } from '../ui/icons.ts'
import { isolated } from '../ui/isolated.ts'
import { timeline, type TimelineOptions } from '../chat/timeline/timeline-view.ts'

export interface ConversationPaneView extends TimelineOptions, BannerOptions, ComposerOptions {
  readonly strings: TimelineOptions['strings']
  readonly mailboxStrings: MailboxStrings
  /** Whose conversation is open; undefined: none is. */
  readonly to: string | undefined
  readonly name: string
  readonly logo?: string | undefined
  /** Shown under the name while the other side does not type. */
  readonly detail: string
  /** How pressing the detail is. */
  readonly urgency?: 'amber' | 'red' | undefined
  /** In the head, after the name: the assignment. */
  readonly head?: TemplateResult | typeof nothing
  readonly tools: TemplateResult | typeof nothing
  /** What lies over the composer: the quick reply picker. */
  readonly above: TemplateResult | typeof nothing
  /** Under the head. */
  readonly below?: TemplateResult | typeof nothing
  readonly onBack: () => void
}

/**
 * The middle column: with whom, the messages, the composer. Its nodes are made once and stay, with or without an open
 * conversation: the composer's text and the scroll position belong to them.
 */
export function conversationPane(view: ConversationPaneView): TemplateResult {
  const { above, mailboxStrings, to } = view
  return html`<section class="pane" part="panel" data-test="panel" data-to=${to ?? ''} aria-label=${mailboxStrings.conversation}>
    ${to === undefined ? nothing : html`${header(view, to)}${view.below ?? nothing}`}
    <div class="stage" ?hidden=${to === undefined}>${timeline(view)}${to === undefined ? nothing : banner(view)}</div>
    <div class="foot" ?hidden=${to === undefined}>${above}${composer(view)}</div>
    ${to === undefined ? vacancy(view) : nothing}
  </section>`
}

function header(view: ConversationPaneView, to: string): TemplateResult {
  const { mailboxStrings, detail, head, name, onBack, strings, tools, typing, urgency } = view
  const who = typing?.from === to ? name : typing?.name
  const saying = typing ? (who ? isolated(strings.typingName, { name: who }) : strings.typing) : detail
  return html`<header class="bar" part="header">
    <button class="plain back" type="button" data-test="back" aria-label=${mailboxStrings.back} @click=${onBack}>${deskIcons.back}</button>
    ${avatar(to, name, view.logo)}
    <div class="who">
      <h2 class="title" dir="auto">${name}</h2>
      <span class="status" ?data-typing=${typing !== undefined} data-urgency=${(!typing && urgency) || nothing}>${saying}</span>
    </div>
    ${head ?? nothing}${tools}
  </header>`
}

const vacancy = (view: ConversationPaneView): TemplateResult => html`<div class="stage">
  <div class="empty" data-test="vacant">
    <span class="mascot">${icons.chat}</span><b>${view.mailboxStrings.choose}</b><span>${view.mailboxStrings.chooseHint}</span>
  </div>
  ${banner(view)}
</div>`
