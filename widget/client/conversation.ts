import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput, ResumeCursor, Resumed } from '../../gateway/protocol/commands.ts'
import type { Body, Cursor, Identity, Message, Shop } from '../../gateway/protocol/model.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import { bodyRefusal } from './body-refusal.ts'
import { isBlank } from './is-blank.ts'
import { Draft } from './draft.ts'
import { CatchUp } from './catch-up.ts'
import type { Clock } from './clock.ts'
import type { MessageLimits } from './limits.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import type { Copy } from './stored.ts'
import { LocalCopy } from './local-copy.ts'
import { NO_TIMELINE } from './no-timeline.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'
import { Receipts } from './receipts.ts'
import { RefusalError } from './refusal-error.ts'
import { Settled } from './settled.ts'
import { signal, type Signal } from './signal.ts'
import { StandingBlock } from './standing-block.ts'
import { Typing } from './typing.ts'
import type { Conversation as Contract, OutboxItem, TimelineView } from './types.ts'

export interface ConversationOptions {
  readonly to: string
  readonly storage: ScopedStorage
  readonly pictures?: OutboxOptions['pictures']
  readonly clock: Clock
  readonly random: () => number
  readonly identity: Signal<Identity | undefined>
  readonly limits: () => MessageLimits
  readonly isConnected: () => boolean
  /** The gateway's clock, in ms since the epoch. */
  readonly gatewayNow: () => number
  readonly request: <C extends Command>(command: C, input: CommandInput<C>, limitMs?: number) => Promise<CommandAnswer<C>>
  /** See Outbox. */
  readonly upload: OutboxOptions['upload']
  /** A message was refused before the outbox took it. */
  readonly onRefused: (refusal: WireRefusal) => void
  /** The person pressed Send, or Retry. */
  readonly onSend: () => void
  /** No answer came in time. */
  readonly onTimeout: () => void
  /** The timeline may have grown, or the id may have become known. */
  readonly onChange: () => void
}

/** A send without an answer for this long is doubtful: the connection is probed and the item sent again. */
const SEND_MS = 4000
const READER_COUNT = 500
/** At most this many own messages of a lost tail are sent again. */
const OFFER_COUNT = 50

const isShop = (to: string): boolean => to.startsWith('shop:')

export class Conversation implements Contract {
  readonly to: string
  readonly timeline = signal(NO_TIMELINE)
  readonly unread = signal(0)
  readonly name = signal<string | undefined>(undefined)
  readonly shop = signal<Shop | undefined>(undefined)
  readonly refusal = signal<WireRefusal | undefined>(undefined)
  readonly blocked: StandingBlock
  readonly #options: ConversationOptions
  readonly #catchUp: CatchUp
  readonly #outbox: Outbox
  readonly #typing: Typing
  readonly #receipts: Receipts
  readonly #copy: LocalCopy
  readonly #draft: Draft
  #id: string | undefined
  readonly #settled: Settled
  /** To be taken back as soon as they arrive. */
  readonly #unwanted = new Set<string>()

  constructor(options: ConversationOptions) {
    const { to, storage, clock, isConnected, request } = options
    this.to = to
    this.#options = options
    this.#settled = new Settled(clock)
    this.blocked = new StandingBlock(clock, options.gatewayNow)
    this.#catchUp = new CatchUp({
      clock,
      isConnected,
      history: async (input) => {
        const answer = await request('history', { to, ...input })
        const { epoch } = this.#catchUp.timeline
        if (epoch !== '' && epoch !== answer.head.epoch) this.#receipts.forget()
        this.#learn(answer.conversation, answer.cursors)
        if (answer.shop) this.knowShop(answer.shop)
        if (input.before === undefined) this.blocked.know(answer.blocked)
        return answer
      },
      onAnswer: () => this.#reconcile(),
    })
    this.#receipts = new Receipts(clock, (command, seq) => this.#sendOnce(command, { to, seq }))
    this.#typing = new Typing(clock, (on) => void this.#sendOnce('typing', { to, on }))
    this.#outbox = new Outbox({
      ...options,
      // Messages that a gateway lost go first, to keep the order.
      isConnected: () => isConnected() && !this.#catchUp.isDiverged,
      send: (item) => this.#send(item),
      onSent: (item, answer) => this.#sent(item, answer),
    })
    this.#draft = new Draft(storage, to)
    this.#copy = new LocalCopy({ to, storage, clock, take: () => this.#takeCopy() })
    this.#restore(this.#copy.read())
  }

  get id(): string | undefined {
    return this.#id
  }

  get limits(): MessageLimits {
    return this.#options.limits()
  }

  get mine(): Cursor {
    return this.#receipts.mine
  }

  get draft(): Signal<string> {
    return this.#draft.text
  }

  get outbox(): Signal<readonly OutboxItem[]> {
    return this.#outbox.items
  }

  get theirs(): Signal<Cursor> {
    return this.#receipts.theirs
  }

  get typing(): Typing['theirs'] {
    return this.#typing.theirs
  }

  get isCaughtUp(): boolean {
    return !this.#catchUp.isBehind
  }

  /** The last entry that cannot have been withdrawn while nobody told us: those above it come again. */
  get resumeCursor(): ResumeCursor | undefined {
    const { messages, epoch } = this.#catchUp.timeline
    const known = this.#settled.lastOf(messages)
    return this.#id && messages.length ? [this.#id, epoch, known?.seq ?? 0, known?.id ?? ''] : undefined
  }

  setDraft(text: string): void {
    this.#draft.set(text)
  }

  send(text: string): string | undefined {
    return isBlank(text) ? undefined : this.sendBody('text', { text })
  }

  sendBody(kind: string, body: Body): string | undefined {
    if (this.#options.storage.isOver) return undefined
    const refusal = bodyRefusal(kind, body, this.limits)
    if (refusal) {
      this.#options.onRefused(refusal)
      throw new RefusalError(refusal)
    }
    this.#typing.sent()
    const id = this.#outbox.add(kind, body)
    this.#options.onSend()
    return id
  }

  retry(id: string): void {
    this.#outbox.retry(id)
    this.#options.onSend()
  }

  discard(id: string): void {
    this.#outbox.discard(id)
  }

  mayWithdraw({ from, side, kind, at }: Message): boolean {
    const me = this.#options.identity.value
    return from === me?.id && side === me.side && kind !== 'withdrawn' && this.#options.gatewayNow() - at < this.limits.withdrawMs
  }

  async withdraw(id: string): Promise<void> {
    const item = this.outbox.value.find((each) => each.id === id)
    if (item?.state === 'sending') this.#unwanted.add(id)
    if (item) return this.discard(id)
    const { identity, isConnected, request } = this.#options
    const own = this.#catchUp.timeline.messages.find((each) => each.id === id && each.from === identity.value?.id)
    if (!isConnected()) throw new RefusalError({ code: 'disconnected' })
    if (own) this.onChanged((await request('withdraw', { to: this.to, seq: own.seq, id })).message)
  }

  loadOlder(): Promise<void> {
    const loaded = this.#catchUp.loadOlder()
    this.#reconcile()
    return loaded
  }

  markRead(): void {
    if (!this.#receipts.read(this.#catchUp.timeline.end ?? 0)) return
    this.#catchUp.trim(READER_COUNT)
    this.#showUnread()
  }

  setTyping(on: boolean): void {
    this.#typing.set(on)
  }

  /** The gateway has welcomed an attempt. `resumed`: what the welcome says of this conversation, if anything. */
  onWelcome(resumed: Resumed | undefined): void {
    if (resumed) this.#learn(resumed.conversation, resumed.cursors)
    if (resumed?.name) this.name.set(resumed.name)
    if (resumed) this.blocked.know(resumed.blocked)
    this.#catchUp.begin(resumed)
    this.#receipts.begin()
    this.#reconcile()
  }

  /** What the shop says about itself. */
  knowShop(shop: Shop): void {
    if (JSON.stringify(shop) === JSON.stringify(this.shop.value)) return
    this.shop.set(shop)
    this.name.set(shop.name)
  }

  /** Loads a conversation that was opened while the connection is live. */
  ask(): void {
    if (this.#options.isConnected()) this.onWelcome(undefined)
  }

  /** Compares with the gateway's log, because a push can get lost even on a living connection. */
  compare(): void {
    this.#catchUp.ask()
  }

  onMessage(message: Message): void {
    // A sender has read everything before its message; the store moves that cursor without a push.
    this.#learn(message.conversation, { [message.side]: { delivered: message.seq, read: message.seq } })
    if (message.side === this.to) {
      this.#typing.show(undefined)
      // In a shop's conversation it is an agent's name.
      if (message.name && !isShop(this.to)) this.name.set(message.name)
    }
    this.#catchUp.receive(message)
    this.#reconcile()
  }

  /** Something else stands in an entry's place. */
  onChanged(message: Message): void {
    this.#catchUp.receive(message, false)
    this.#reconcile()
  }

  onCursor({ participant, delivered, read }: PushData<'cursorPush'>): void {
    this.#learn(this.#id!, { [participant]: { delivered, read } })
    this.#reconcile()
  }

  onTyping(push: PushData<'typingPush'>): void {
    if (push.side === this.to) this.#typing.show(push.on ? push : undefined)
  }

  onStorage(key: string, value: string | null): void {
    if (!this.#draft.onStorage(key)) this.#outbox.onStorage(key, value)
    this.#reconcile()
  }

  stop(): void {
    this.saveCopy()
    this.#catchUp.stop()
    this.#outbox.stop()
    this.#typing.show(undefined)
    this.#receipts.stop()
  }

  /** The window belongs to another person: nothing of this conversation is shown, sent or written any more. */
  end(): void {
    this.stop()
    this.timeline.set(NO_TIMELINE)
    this.unread.set(0)
    this.name.set(undefined)
    this.shop.set(undefined)
    this.#draft.text.set('')
    this.refusal.set(undefined)
    this.blocked.know(undefined)
    this.#outbox.end()
    this.#receipts.end()
  }

  saveCopy(): void {
    this.#copy.save()
  }

  #takeCopy(): Copy {
    const { messages, hasOlder } = this.#catchUp.timeline
    const { mine, theirs } = this.#receipts
    return {
      id: this.#id || '',
      messages,
      hasOlder,
      settled: this.#settled.seq,
      mine,
      theirs: theirs.value,
      name: this.name.value,
      shop: this.shop.value,
    }
  }

  #restore(copy: Copy | undefined): void {
    if (!copy?.id) return
    this.#id = copy.id
    this.#settled.seq = copy.settled ?? 0
    this.#receipts.mine = copy.mine
    this.#receipts.knowTheirs(copy.theirs)
    // Earlier releases kept the name of the agent who wrote last.
    this.name.set(isShop(this.to) ? copy.shop?.name : copy.name)
    this.shop.set(copy.shop)
    this.#catchUp.restore(copy.messages, copy.hasOlder)
    this.#reconcile()
  }

  /** A new id for the same `to` means another person (a guest whose pass expired): the held messages are dropped. */
  #learn(id: string, cursors: Readonly<Record<string, Cursor>>): void {
    if (this.#id !== undefined && this.#id !== id) this.#catchUp.forget()
    this.#id = id
    const side = this.#options.identity.value?.side
    for (const participant in cursors) {
      const cursor = cursors[participant]!
      if (participant === this.to) this.#receipts.knowTheirs(cursor)
      else if (participant === side) this.#receipts.knowMine(cursor)
    }
  }

  /**
   * Runs once at the end of every event: a welcome, a push, an answer, a change of the storage. Only this method shows what the event changed,
   * removes from the outbox what the gateway confirmed, and sends the next item.
   */
  #reconcile(): void {
    if (this.#options.storage.isOver) return
    this.refusal.set(this.#catchUp.refusal)
    const { messages, end } = this.#catchUp.timeline
    this.#showTimeline()
    this.#settled.note((this.#options.isConnected() && this.isCaughtUp && end) || 0)
    if (end) this.#receipts.received(end)
    this.#showUnread()
    const { id: me, side: ours } = this.#options.identity.value ?? {}
    const lost = this.#catchUp
      .takeLost()
      ?.filter(({ from, side }) => from === me && side === ours)
      .slice(-OFFER_COUNT)
    this.#outbox.reconcile({ messages: messages.filter(({ side }) => side !== this.to), lost, isCaughtUp: this.isCaughtUp })
    this.#copy.reconcile()
    this.#options.onChange()
  }

  #showTimeline(): void {
    const { messages, hasOlder, end } = this.#catchUp.timeline
    const { isLoadingOlder } = this.#catchUp
    const view: TimelineView = { messages, hasOlder, isLoadingOlder, isLoaded: end !== undefined }
    const shown = this.timeline.value
    if ((Object.keys(view) as (keyof TimelineView)[]).some((key) => shown[key] !== view[key])) this.timeline.set(view)
  }

  #showUnread(): void {
    this.unread.set(Math.max(0, this.#catchUp.head - this.#receipts.mine.read))
  }

  async #send({ id, kind, body }: OutboxItem): Promise<CommandAnswer<'send'>> {
    try {
      return await this.#options.request('send', { to: this.to, id, kind, body }, SEND_MS)
    } catch (error) {
      if ((error as RefusalError).code === 'timeout') this.#options.onTimeout()
      throw error
    }
  }

  /** The ack carries what a push would: the sending session gets no push of its own message. */
  #sent({ id, kind, body }: OutboxItem, answer: CommandAnswer<'send'>): void {
    const { conversation, epoch, seq, prev, at } = answer
    const { id: from, side, name } = this.#options.identity.value!
    this.#learn(conversation, { [side]: { delivered: seq, read: seq } })
    this.#catchUp.receive(
      { conversation, epoch, seq, id, from, side, kind, body, at, ...(prev === undefined ? {} : { prev }), ...(name === undefined ? {} : { name }) },
      false,
    )
    this.#reconcile()
    if (this.#unwanted.delete(id)) this.withdraw(id).catch(() => undefined) // it is shown, and can be taken back once more
  }

  /** Sent once without a retry: the next welcome sends it again. */
  #sendOnce<C extends 'read' | 'delivered' | 'typing'>(command: C, input: CommandInput<C>): boolean {
    if (!this.#options.isConnected()) return false
    this.#options.request(command, input).catch(() => {})
    return true
  }
}
