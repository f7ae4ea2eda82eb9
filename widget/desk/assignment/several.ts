import { html, type TemplateResult } from 'lit'
import type { ConversationRow } from '../../../gateway/protocol/model.ts'
import { isOnShelf, isUnanswered } from '../../client/conversation-filter.ts'
import { fill } from '../../locales/fill.ts'
import { listTime } from '../../locales/list-time.ts'
import { isolated } from '../../ui/isolated.ts'
import type { ModalContent } from '../../ui/modal.ts'
import { deskIcons } from '../../ui/page-icons.ts'
import type { DeskContext } from '../desk-context.ts'
import type { AssignmentRequests } from './assignment-requests.ts'
import { severalForm } from './several-form.ts'

const QUEUE = 'queue'

/**
 * Closes, takes or transfers several conversations at once: the agent's own open ones, and those that wait. It sends one command after the
 * other. What the gateway refuses stays selected, and one sentence says how many.
 */
export class Several {
  readonly #desk: DeskContext
  readonly #requests: AssignmentRequests
  /** Chosen conversations. Those that left the list meanwhile count no longer. */
  #chosen = new Set<string>()
  /** How many are still to be changed; 0: none are being changed. */
  #left = 0

  constructor(desk: DeskContext, requests: AssignmentRequests) {
    this.#desk = desk
    this.#requests = requests
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.#chosen.clear()
    this.#left = 0
  }

  /** Beside the search. */
  button(): TemplateResult {
    const { words } = this.#desk
    return html`<button type="button" class="view" data-test="show-several" title=${words.several.title} aria-label=${words.several.title}
      @click=${this.#open}>${deskIcons.several}</button>`
  }

  dialog(): ModalContent {
    const { me, view, words } = this.#desk
    const { lang, mailboxStrings } = view.language
    const rows = this.#rows()
    const chosen = this.#chosenOf(rows)
    const now = Date.now()
    return {
      name: 'several-dialog',
      title: words.several.title,
      isWide: true,
      body: severalForm({
        words,
        entries: rows.map((row) => ({
          conversation: row.conversation,
          to: row.to,
          name: view.nameOf(row.to, row.name),
          state: row.service?.phase === 'waiting' ? words.waiting : isUnanswered(row) ? words.several.unanswered : '',
          at: listTime(row.at, now, { lang, yesterday: mailboxStrings.yesterday }),
          isChosen: this.#chosen.has(row.conversation),
        })),
        closable: chosen.length,
        waiting: chosen.filter((row) => isOnShelf(row, 'waiting', me)).length,
        mine: chosen.filter((row) => isOnShelf(row, 'mine', me)).length,
        colleagues: view.presence.agents.filter(({ id, status }) => id !== me && status !== 'offline'),
        left: this.#left,
        onChoose: this.#choose,
        onAll: (isChosen) => this.#set(isChosen ? rows : []),
        onIdle: (ms) => this.#set(rows.filter((row) => isOnShelf(row, 'mine', me) && !isUnanswered(row) && now - row.at >= ms)),
        onClose: () => void this.#close(chosen),
        onTake: () => void this.#take(chosen.filter((row) => isOnShelf(row, 'waiting', me))),
        onTransfer: (to) =>
          void this.#transfer(
            chosen.filter((row) => isOnShelf(row, 'mine', me)),
            to,
          ),
      }),
    }
  }

  readonly #open = (): void => {
    this.#desk.view.presence.ask()
    this.#chosen.clear()
    this.#desk.dialogs.show('several')
  }

  /** Without offers under way: those have an answer to wait for. */
  #rows(): readonly ConversationRow[] {
    const { me, view } = this.#desk
    return view.mailbox.rows
      .filter((row) => (isOnShelf(row, 'mine', me) || isOnShelf(row, 'waiting', me)) && !row.service?.transfer)
      .toSorted((a, b) => a.at - b.at)
  }

  #chosenOf(rows: readonly ConversationRow[]): readonly ConversationRow[] {
    return rows.filter(({ conversation }) => this.#chosen.has(conversation))
  }

  readonly #choose = (conversation: string, isChosen: boolean): void => {
    if (isChosen) this.#chosen.add(conversation)
    else this.#chosen.delete(conversation)
    this.#desk.element.requestUpdate()
  }

  #set(rows: readonly ConversationRow[]): void {
    this.#chosen = new Set(rows.map(({ conversation }) => conversation))
    this.#desk.element.requestUpdate()
  }

  async #close(rows: readonly ConversationRow[]): Promise<void> {
    const closed = await this.#each(rows, (row) => this.#requests.change(row, 'close', { conversation: row.conversation }, 'quiet'))
    if (!closed) return
    const mine = closed.filter((row) => isOnShelf(row, 'mine', this.#desk.me))
    const reopen = (): void => void this.#take(mine)
    this.#say(fill(this.#desk.words.several.closed, { n: closed.length }), rows.length - closed.length, mine.length > 0 ? reopen : undefined)
  }

  async #take(rows: readonly ConversationRow[]): Promise<void> {
    const taken = await this.#each(rows, (row) => this.#requests.change(row, 'claim', { conversation: row.conversation }, 'quiet'))
    if (!taken) return
    const undo = (): void => void this.#transfer(taken, QUEUE)
    this.#say(fill(this.#desk.words.several.taken, { n: taken.length }), rows.length - taken.length, undo)
  }

  async #transfer(rows: readonly ConversationRow[], to: string): Promise<void> {
    const { view, words } = this.#desk
    const colleague = view.presence.agents.find(({ id }) => id === to)
    const done = await this.#each(rows, (row) => this.#requests.change(row, 'transfer', { conversation: row.conversation, to }, 'quiet'))
    if (!done) return
    const text = fill(to === QUEUE ? words.several.queued : words.several.offered, { n: done.length })
    const undo = (): void => void (to === QUEUE ? this.#take(done) : this.#cancel(done))
    this.#say(isolated(text, { name: colleague?.name ?? to }), rows.length - done.length, undo)
  }

  /** What a colleague has accepted meanwhile stays theirs. */
  async #cancel(rows: readonly ConversationRow[]): Promise<void> {
    const { view, words } = this.#desk
    const cancelled = await this.#each(rows, async ({ conversation }) => {
      const row = view.mailbox.rows.find((each) => each.conversation === conversation)
      const transfer = row?.service?.transfer
      return !!transfer && this.#requests.change(row, 'acceptTransfer', { conversation, transfer: transfer.id, accept: false }, 'quiet')
    })
    if (cancelled) this.#say(fill(words.several.cancelled, { n: cancelled.length }), rows.length - cancelled.length)
  }

  /** Resolves with those that the gateway has changed; undefined: the desk is another agent's by then. */
  async #each(rows: readonly ConversationRow[], change: (row: ConversationRow) => Promise<boolean>): Promise<readonly ConversationRow[] | undefined> {
    const { element, view } = this.#desk
    const { client } = view
    const done: ConversationRow[] = []
    this.#left = rows.length
    for (const row of rows) {
      element.requestUpdate()
      const isDone = await change(row)
      if (client !== view.client) return undefined
      if (isDone) done.push(row)
      if (isDone) this.#chosen.delete(row.conversation)
      this.#left--
    }
    this.#left = 0
    element.requestUpdate()
    return done
  }

  #say(text: string | TemplateResult, failed: number, onUndo?: () => void): void {
    const { dialogs, toast, words } = this.#desk
    if (failed === 0) dialogs.settle('several')
    const more = failed === 0 ? '' : ` ${fill(words.several.failed, { n: failed })}`
    toast.say({ text: html`${text}${more}`, isFailure: failed > 0, ...(onUndo ? { onUndo } : {}) })
  }
}
