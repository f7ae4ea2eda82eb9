import { html, nothing, type TemplateResult } from 'lit'
import type { ConversationRow } from '../../../gateway/protocol/model.ts'
import type { ModalContent } from '../../ui/modal.ts'
import { isolated } from '../../ui/isolated.ts'
import type { DeskContext } from '../desk-context.ts'
import type { AssignmentRequests } from './assignment-requests.ts'
import { blockForm } from './block-form.ts'
import { blockedList, type BlockedEntry } from './blocked-list.ts'

/** Customers who may not write to the shop: blocking one, the list of them, and unblocking. */
export class Blocking {
  readonly #desk: DeskContext
  readonly #requests: AssignmentRequests
  /** The list, once the gateway has answered. */
  #entries: readonly BlockedEntry[] | undefined

  constructor(desk: DeskContext, requests: AssignmentRequests) {
    this.#desk = desk
    this.#requests = requests
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.#entries = undefined
  }

  /** The button in the customer's column that opens the form; nothing if they are blocked already. */
  button(): TemplateResult | typeof nothing {
    const { row, words } = this.#desk
    if (!row?.service || row.service.blocked) return nothing
    return html`<button type="button" class="wide-act danger" data-test="open-block" @click=${() => this.openForm()}>${words.block}</button>`
  }

  /** False where nobody can be blocked now. */
  openForm(): boolean {
    const { dialogs, row } = this.#desk
    if (!row?.service || row.service.blocked) return false
    dialogs.show('block', row.conversation)
    return true
  }

  openList(): void {
    const { dialogs, element, refused, view } = this.#desk
    this.#entries = undefined
    dialogs.show('blocked')
    const { client } = view
    client?.request('blocked', {}).then(
      ({ blocked }) => {
        if (client !== view.client) return
        this.#entries = blocked
        element.requestUpdate()
      },
      (error: unknown) => {
        if (client !== view.client) return
        dialogs.settle('blocked')
        refused(error)
      },
    )
  }

  form(row: ConversationRow): ModalContent {
    const { view, words } = this.#desk
    return {
      name: 'block-dialog',
      title: isolated(words.blockTitle, { name: view.nameOf(row.to, row.name) }),
      body: blockForm({
        strings: words,
        isBusy: this.#requests.isBusy(row.conversation),
        onBlock: (choice) => void this.#block(row, choice),
      }),
    }
  }

  list(): ModalContent {
    const { moment, view, words } = this.#desk
    return {
      name: 'blocked-dialog',
      title: words.blockedList,
      body: blockedList({
        strings: words,
        blocked: this.#entries,
        time: moment,
        onUnblock: (entry) => this.#unblockEntry(entry),
        name: (entry) => view.nameOf(entry.to, entry.name),
      }),
    }
  }

  unblock(row: ConversationRow): void {
    const { conversation, service } = row
    const blocked = service?.blocked
    void this.#requests.change(row, 'unblock', { conversation }).then((isDone) => {
      if (!isDone || !blocked) return
      const { reason, until } = blocked
      const again = { conversation, reason, ...(until === undefined ? {} : { until }) }
      this.#say('unblockedNow', row, () => void this.#requests.change(row, 'block', again))
    })
  }

  async #block(row: ConversationRow, { forMs, reason }: { readonly reason: string; readonly forMs: number | undefined }): Promise<void> {
    const { conversation } = row
    const until = forMs === undefined ? {} : { until: Date.now() + forMs }
    if (!(await this.#requests.change(row, 'block', { conversation, reason, ...until }))) return
    this.#say('blockedNow', row, () => void this.#requests.change(row, 'unblock', { conversation }))
    this.#desk.dialogs.settle('block', conversation)
  }

  /** From the list, whose entry may be of a conversation that is far below the rows held. */
  #unblockEntry({ at, by, conversation, reason, until }: BlockedEntry): void {
    const { element, refused, view } = this.#desk
    const blocked = { at, by, reason, ...(until === undefined ? {} : { until }) }
    const row = view.mailbox.rows.find((each) => each.conversation === conversation)
    const { client } = view
    if (row) this.unblock({ ...row, service: { phase: 'closed', since: 0, ...row.service, blocked } })
    else
      client?.request('unblock', { conversation }).catch((error: unknown) => {
        if (client === view.client) refused(error)
      })
    this.#entries = this.#entries?.filter((each) => each.conversation !== conversation)
    element.requestUpdate()
  }

  #say(sentence: 'blockedNow' | 'unblockedNow', { name, to }: ConversationRow, onUndo: () => void): void {
    const { toast, view, words } = this.#desk
    toast.say({ text: isolated(words[sentence], { name: view.nameOf(to, name) }), onUndo })
  }
}
