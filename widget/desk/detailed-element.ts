import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { Presence } from '../chat/presence.ts'
import { PersistedSetting } from '../ui/persisted-setting.ts'
import { fill } from '../locales/fill.ts'
import { timeSpan } from '../locales/time-span.ts'
import { sidePanel } from '../mailbox/side-panel.ts'
import { deskFacts, sharedThings } from './conversation-facts.ts'
import { ServedElement } from './served-element.ts'

const COPIED_MS = 2000

/** Who the other side of the open conversation is: in a line under the name, and in a column beside it that can be folded away. */
export abstract class DetailedElement extends ServedElement {
  protected readonly presence = new Presence(this)
  readonly #folded = new PersistedSetting(this, 'details-folded')
  #isCopied = false

  protected get hasDetails(): boolean {
    if (!this.controller.conversation) return false
    return this.columnsFit.count === 3 ? this.#folded.value === undefined : this.shown === 'details'
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (this.isConnected) this.presence.use(this.controller.client, this.to)
  }

  /** The customer's id, whether he is there, and how long he has been waiting for an answer. */
  protected detail(): string {
    const { mailboxStrings, lang } = this.language
    const { conversation, messages } = this.controller
    if (!conversation) return ''
    const answered = messages.findLastIndex(({ side }) => side !== conversation.to)
    const first = messages[answered + 1]
    const span = first && timeSpan(Date.now() - first.at, lang)
    const there = this.presence.isThere === undefined ? undefined : mailboxStrings.statuses[this.presence.isThere ? 'online' : 'offline']
    const waiting = span && fill(mailboxStrings.waitingFor, { duration: span })
    return [conversation.to, there, waiting].filter(Boolean).join(' · ')
  }

  protected details(onBlock: () => void): TemplateResult {
    const { mailboxStrings, lang, strings } = this.language
    const to = this.controller.conversation!.to
    const { row, words } = this
    return sidePanel({
      strings, mailboxStrings, to,
      name: this.name,
      facts: deskFacts(this.controller, mailboxStrings, lang),
      shared: sharedThings(this.controller.messages),
      isTrusted: (address) => this.controller.isTrusted(address),
      isCopied: this.#isCopied,
      more: to.startsWith('shop:') ? nothing : this.customerPanel((text) => void this.#copy(text)),
      acts: row?.service && !row.service.blocked
        ? html`<button type="button" class="wide-act danger" data-test="open-block" @click=${onBlock}>${words.block}</button>`
        : nothing,
      onCopy: () => void this.#copy(to),
      onClose: () => this.show('conversation'),
    })
  }

  protected toggleDetails(): void {
    if (this.columnsFit.count === 3) this.#folded.value = this.hasDetails ? 'yes' : undefined
    else this.show(this.hasDetails ? 'conversation' : 'details')
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Without permission it can still be selected and copied by hand.
      return
    }
    this.#isCopied = true
    this.requestUpdate()
    setTimeout(() => {
      this.#isCopied = false
      this.requestUpdate()
    }, COPIED_MS)
  }
}
