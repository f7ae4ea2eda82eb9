import { html, nothing, type ReactiveController, type TemplateResult } from 'lit'
import type { ConversationRow } from '../../../gateway/protocol/model.ts'
import type { PushData } from '../../../gateway/protocol/pushes.ts'
import { EverySecond } from '../../ui/every-second.ts'
import { isolated } from '../../ui/isolated.ts'
import type { ModalContent } from '../../ui/modal.ts'
import type { DeskContext, DeskDialog } from '../desk-context.ts'
import { assignmentBar } from './assignment-bar.ts'
import { assignmentMark } from './assignment-mark.ts'
import { AssignmentRequests } from './assignment-requests.ts'
import { Blocking } from './blocking.ts'
import { Collision } from './collision.ts'
import { OfferFocus } from './offer-focus.ts'
import { offers, type OffersView } from './offers.ts'
import { Several } from './several.ts'
import { transferForm } from './transfer-form.ts'

/** The assignment of conversations: agents of a shop claim, transfer and close conversations, and block customers. */
export class AssignmentController implements ReactiveController {
  readonly blocking: Blocking
  readonly several: Several
  readonly #desk: DeskContext
  readonly #requests: AssignmentRequests
  readonly #collision: Collision
  readonly #offerFocus: OfferFocus

  constructor(desk: DeskContext) {
    const { element, view } = desk
    this.#desk = desk
    this.#requests = new AssignmentRequests({
      host: element,
      rows: () => view.mailbox.rows,
      onOutcome: (push) => this.#sayOutcome(push),
      onRefused: desk.sayRefusal,
    })
    this.#collision = new Collision(element)
    this.#offerFocus = new OfferFocus(element)
    this.blocking = new Blocking(desk, this.#requests)
    this.several = new Several(desk, this.#requests)
    new EverySecond(element, () => view.mailbox.rows.some(({ service }) => service?.transfer !== undefined))
    element.addController(this)
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.blocking.reset()
    this.several.reset()
  }

  hostUpdate(): void {
    const {
      element,
      view: { client },
    } = this.#desk
    if (!element.isConnected) return
    this.#requests.use(client)
    this.#collision.use(client)
  }

  /**
   * Claims the open conversation, or asks the colleague for it who is there. False where there is nothing to claim; an offered transfer must be
   * answered or cancelled first.
   */
  readonly claim = (): boolean => {
    const { me, row } = this.#desk
    if (!row?.service || row.service.blocked || row.service.transfer || (row.service.phase === 'open' && row.service.agent?.id === me)) return false
    const command = this.#isHeld(row) ? 'requestTransfer' : 'claim'
    void this.#requests.change(row, command, { conversation: row.conversation })
    return true
  }

  /** False where there is nothing to close. */
  readonly close = (): boolean => {
    const { me, row, toast, view, words } = this.#desk
    if (!row?.service || row.service.phase === 'closed') return false
    // one's own offer is cancelled first; what a colleague asks for is declined by closing
    if (row.service.transfer && !(row.service.transfer.isRequest && row.service.transfer.from.id === me)) return false
    const { conversation, to } = row
    const text = isolated(words.closedNow, { name: view.nameOf(to, row.name) })
    void this.#requests.change(row, 'close', { conversation }).then((isDone) => {
      if (isDone) toast.say({ text, onUndo: () => void this.#requests.change(row, 'claim', { conversation }) })
    })
    return true
  }

  /** Answers the offer that waits longest. False where there is none. */
  readonly accept = (): boolean => this.#answerFirst(true)

  readonly decline = (): boolean => this.#answerFirst(false)

  /** Opens the transfer form. False where the agent may not transfer the conversation. */
  readonly openTransfer = (): boolean => {
    const {
      dialogs,
      me,
      row,
      view: { presence },
    } = this.#desk
    const { agent, phase, transfer } = row?.service ?? {}
    if (phase !== 'open' || agent?.id !== me || transfer) return false
    presence.ask()
    dialogs.show('transfer', row!.conversation)
    return true
  }

  /** Called by the element after each render. */
  updated(): void {
    this.#offerFocus.updated()
    this.#closeSettled()
  }

  /** Closes the dialog once the gateway says that what it asks for has happened, even if the answer was lost with the connection. */
  #closeSettled(): void {
    const { dialogRow, dialogs, toast } = this.#desk
    const { blocked, transfer } = dialogRow?.service ?? {}
    if (!(dialogs.open === 'transfer' && transfer) && !(dialogs.open === 'block' && blocked)) return
    toast.dismiss()
    dialogs.close()
  }

  /** In a row of the list. */
  readonly mark = (row: ConversationRow): TemplateResult | typeof nothing => {
    const {
      me,
      urgency,
      view: {
        language: { lang },
      },
      words,
    } = this.#desk
    return assignmentMark(row, { me, lang, urgency, strings: words, now: Date.now() })
  }

  /** In the head of the open conversation. */
  bar(): TemplateResult | typeof nothing {
    const {
      me,
      moment,
      row,
      urgency,
      view: {
        language: { lang },
      },
      words,
    } = this.#desk
    if (!row?.service) return nothing
    const { conversation, service } = row
    return assignmentBar({
      strings: words,
      lang,
      now: Date.now(),
      me,
      service,
      answering: this.#collision.in(conversation),
      isBusy: this.#requests.isBusy(conversation),
      isHeld: this.#isHeld(row),
      urgency,
      time: moment,
      onClaim: this.claim,
      onAsk: this.claim,
      onClose: this.close,
      onTransfer: this.openTransfer,
      onTakeBack: () => void this.#answer(row, false),
      onUnblock: () => this.blocking.unblock(row),
    })
  }

  /** Conversations that colleagues offer to the agent, over everything. */
  offers(keys: OffersView['keys']): TemplateResult {
    const { me, view, words } = this.#desk
    const offered = this.#requests.offersTo(me).map(({ row, transfer }) => ({
      id: row.conversation,
      transfer,
      name: view.nameOf(row.to, row.name),
      isBusy: this.#requests.isBusy(row.conversation),
      onAnswer: (accept: boolean) => void this.#answerOffer(row, accept),
      onLook: () => view.goTo(row.to),
    }))
    return offers({ offered, strings: words, now: Date.now(), keys })
  }

  /** The content of the open dialog; undefined if it is none of these. */
  dialog(open: DeskDialog): ModalContent | undefined {
    const { dialogRow: row } = this.#desk
    if (open === 'several') return this.several.dialog()
    if (open === 'blocked') return this.blocking.list()
    if (open === 'block') return row && this.blocking.form(row)
    return open === 'transfer' ? row && this.#transferForm(row) : undefined
  }

  /** A colleague has it and is there, so that the gateway would refuse a claim. */
  #isHeld({ service }: ConversationRow): boolean {
    const { me, view } = this.#desk
    const { agent, phase } = service ?? {}
    if (phase !== 'open' || !agent || agent.id === me) return false
    return view.presence.agents.some(({ id, status }) => id === agent.id && status !== 'offline')
  }

  #answerFirst(accept: boolean): boolean {
    const [first] = this.#requests.offersTo(this.#desk.me)
    if (!first) return false
    void this.#answerOffer(first.row, accept)
    return true
  }

  /** What was accepted is opened, the caret in its composer. */
  async #answerOffer(row: ConversationRow, accept: boolean): Promise<void> {
    const isDone = await this.#answer(row, accept)
    if (isDone && accept && !row.service?.transfer?.isRequest) this.#desk.view.goTo(row.to)
  }

  #transferForm(row: ConversationRow): ModalContent {
    const { me, view, words } = this.#desk
    const { presence } = view
    return {
      name: 'transfer-dialog',
      title: html`${words.transfer}: <bdi>${view.nameOf(row.to, row.name)}</bdi>`,
      body: transferForm({
        strings: words,
        isBusy: this.#requests.isBusy(row.conversation),
        agents: presence.agents.filter(({ id }) => id !== me),
        onTransfer: (choice) => void this.#transfer(row, choice),
      }),
    }
  }

  async #transfer(row: ConversationRow, { note, to }: { readonly to: string; readonly note: string }): Promise<void> {
    const { dialogs, toast, view, words } = this.#desk
    const isDone = await this.#requests.change(row, 'transfer', { conversation: row.conversation, to, ...(note ? { note } : {}) })
    if (!isDone) return
    if (to === 'queue') toast.say({ text: isolated(words.queued, { name: view.nameOf(row.to, row.name) }) })
    dialogs.settle('transfer', row.conversation)
  }

  /** Accepts, declines or cancels the transfer. */
  #answer(row: ConversationRow, accept: boolean): Promise<boolean> {
    const { conversation, service } = row
    return this.#requests.change(row, 'acceptTransfer', { conversation, transfer: service?.transfer?.id ?? '', accept })
  }

  #sayOutcome({ conversation, name, state, transfer }: PushData<'transferPush'>): void {
    if (state === 'offered') return
    const { me, toast, view, words } = this.#desk
    const to = view.mailbox.rows.find((row) => row.conversation === conversation)?.to ?? conversation
    const { from, isRequest } = transfer
    const isMissed = (isRequest ? from : transfer.to).id === me
    const other = from.id === me ? transfer.to : from
    const sentence = (isRequest ? words.requestOutcomes : words.outcomes)[isMissed ? 'missed' : state]
    toast.say({ text: isolated(sentence, { customer: view.nameOf(to, name), name: other.name ?? other.id }) })
  }
}
