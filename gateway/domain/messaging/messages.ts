/**
 * Writes and reads logs. The messages of one session keep their order: nothing is awaited between a command's arrival and its append, unless
 * the message refers to images or quotes another; then the session's next messages to that conversation wait for it.
 */
import type { Message } from '../../protocol/model.ts'
import type { Appended, Muted, NewMessage, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { ErasedMarks } from '../customer-data/erased-marks.ts'
import { access, mayStart, type Caller, type Direct } from './access.ts'
import { spenderOf, type Allowances } from '../allowances.ts'
import type { Blacklist } from '../desk/blacklist.ts'
import { ROWS_BYTES } from '../answer-size.ts'
import { checkMessage } from './check-message.ts'
import { isBlocking } from './conversations.ts'
import type { Report } from '../facts.ts'
import { imagesIn, type Images } from './images.ts'
import { Quotes } from './quotes.ts'
import type { ShopRecords } from './shop-records.ts'
import { Refusal } from '../refusal.ts'
import type { Routing } from '../assignment/routing.ts'
import { KeyedQueue } from '../keyed-queue.ts'

const DEFAULT_PAGE_COUNT = 30
/** Conversations that are known to have messages; each takes about 150 bytes. */
const BEGUN_COUNT = 10_000

export class Messages {
  readonly #store: Store
  readonly #blacklist: Blacklist
  readonly #routing: Routing
  readonly #direct: Direct
  readonly #allowances: Allowances
  readonly #images: Images
  readonly #quotes: Quotes
  readonly #shops: Pick<ShopRecords, 'of'>
  readonly #erased: Pick<ErasedMarks, 'of'>
  readonly #queue = new KeyedQueue()
  /** In which customers have written, the one that was heard of first before the others. */
  readonly #begun = new Set<string>()
  readonly #now: () => number
  readonly #report: Report
  /** Called once for each message that was stored. Must not fail it: what is stored is stored. */
  onStored: ((message: Message) => void) | undefined

  constructor(options: {
    store: Store
    blacklist: Blacklist
    routing: Routing
    direct: Direct
    allowances: Allowances
    images: Images
    quotes: Quotes
    shops: Pick<ShopRecords, 'of'>
    erased: Pick<ErasedMarks, 'of'>
    now: () => number
    report: Report
  }) {
    this.#store = options.store
    this.#blacklist = options.blacklist
    this.#routing = options.routing
    this.#direct = options.direct
    this.#allowances = options.allowances
    this.#images = options.images
    this.#quotes = options.quotes
    this.#shops = options.shops
    this.#erased = options.erased
    this.#now = options.now
    this.#report = options.report
  }

  /** One promise and not one for each step: most messages wait for their append and for nothing else. */
  send(caller: Caller, input: CommandInput<'send'>): Promise<CommandAnswer<'send'>> {
    const { identity, sid } = caller
    const view = access(identity, input)
    const { id, kind, body } = input
    const json = checkMessage(input, identity.role)
    const { conversation } = view
    const { name, guest } = identity
    const message: { -readonly [Field in keyof NewMessage]: NewMessage[Field] } = {
      conversation,
      id,
      from: identity.id,
      side: view.mine,
      kind,
      body,
      bodyJson: json,
      at: this.#now(),
      origin: sid,
      isReply: !mayStart(this.#direct, identity, view),
    }
    if (name !== undefined) message.name = name
    if (guest === true) message.guest = guest
    const answer = (appended: Appended): CommandAnswer<'send'> | Promise<CommandAnswer<'send'>> => this.#answer(caller, message, appended)
    const ids = imagesIn(json)
    const quoted = Quotes.of(message)
    const isQuick = ids.length === 0 && quoted === undefined
    if (isQuick && this.#queue.size === 0) return this.#append(caller, message, answer)
    const key = `${sid} ${conversation}`
    if (isQuick && !this.#queue.isBusy(key)) return this.#append(caller, message, answer)
    const append = (): Promise<Appended> =>
      quoted === undefined ? this.#append(caller, message, unchanged) : this.#appendQuoting(caller, message, quoted)
    return this.#queue.take(key, () => this.#images.withReferences(ids, mainImageOf(message), append, ({ duplicate }) => duplicate)).then(answer)
  }

  #answer({ identity }: Caller, message: NewMessage, appended: Appended): CommandAnswer<'send'> | Promise<CommandAnswer<'send'>> {
    const { conversation } = message
    const { epoch, seq, prev, at, duplicate } = appended
    this.#report({ fact: 'messageAppended', duplicate })
    if (!duplicate) this.onStored?.(storedMessage(message, appended))
    let answer: CommandAnswer<'send'> =
      prev === undefined ? { ok: true, conversation, epoch, seq, at } : { ok: true, conversation, epoch, seq, at, prev }
    if (duplicate) answer = { ...answer, duplicate }
    const routed = this.#routing.wrote(identity, conversation, appended)
    return routed === undefined ? answer : routed.then(() => answer)
  }

  async #appendQuoting(caller: Caller, message: NewMessage, quoted: NonNullable<ReturnType<typeof Quotes.of>>): Promise<Appended> {
    const filled = await this.#quotes.filled(message, quoted)
    const appended = await this.#append(caller, filled, unchanged)
    await this.#quotes.settle(filled, appended)
    return appended
  }

  /**
   * Only the store knows whether a message is its conversation's first. So unless others are known, this takes one from the allowance of new
   * conversations beforehand and gives it back if the conversation existed. A customer whose allowance is used up may still write to existing
   * conversations. Agents are the operator's own and have no such allowance. Resolves with what `then` returns.
   */
  #append<T>(caller: Caller, message: NewMessage, then: (appended: Appended) => T | Promise<T>): Promise<T> {
    const { conversation } = message
    const rejected = (error: unknown): never => {
      throw this.#refusalOf(error, conversation)
    }
    if (message.isReply === true || caller.identity.role !== 'customer') return this.#store.append(message).then(then, rejected)
    if (this.#begun.has(conversation)) {
      return this.#store.append(message).then((appended) => {
        if (isFirst(appended)) this.#countBegunAgain(caller)
        return then(appended)
      }, rejected)
    }
    const spender = spenderOf(caller)
    try {
      this.#allowances.take('conversation', spender)
    } catch (refusal) {
      return this.#store.append({ ...message, isReply: true }).then(then, (error: unknown) => {
        throw this.#refusalOf(error, conversation, refusal)
      })
    }
    return this.#store.append(message).then(
      (appended) => {
        if (!isFirst(appended)) this.#allowances.giveBack('conversation', spender)
        this.#begin(conversation)
        return then(appended)
      },
      (error: unknown) => {
        this.#allowances.giveBack('conversation', spender)
        return rejected(error)
      },
    )
  }

  /** The log was erased. What is stored is stored, so an allowance that is used up refuses nothing here. */
  #countBegunAgain(caller: Caller): void {
    try {
      this.#allowances.take('conversation', spenderOf(caller))
    } catch {
      // used up: the next new conversation is refused anyway
    }
  }

  #begin(conversation: string): void {
    this.#begun.add(conversation)
    if (this.#begun.size <= BEGUN_COUNT) return
    const [oldest] = this.#begun
    this.#begun.delete(oldest!)
  }

  /** `notStarted`, or `start_forbidden`, if the message is a reply and the conversation is empty. */
  #refusalOf(error: unknown, conversation: string, notStarted?: unknown): unknown {
    if (!(error instanceof Error)) return error
    if (error.name === 'Muted') return this.#blacklist.refusal(conversation, error as Muted)
    // an error is made where it is needed only: its stack costs as much as the rest of a send
    return error.name === 'NotStarted' ? (notStarted ?? new Refusal('start_forbidden')) : error
  }

  async history(caller: Caller, input: CommandInput<'history'>): Promise<CommandAnswer<'history'>> {
    const { conversation, mine, theirs } = access(caller.identity, input)
    const { before, after, limit = DEFAULT_PAGE_COUNT } = input
    if (before !== undefined && after !== undefined) throw new Refusal('bad_request', 'give before or after, not both')
    const direction = after !== undefined ? { after } : before !== undefined ? { before } : undefined
    const [{ messages, head, cursors, assignment, isCut }, shop, erasedAt] = await Promise.all([
      this.#store.read(conversation, { ...direction, limit, bytes: ROWS_BYTES }),
      direction === undefined ? this.#shops.of(theirs) : undefined,
      this.#erased.of(conversation),
    ])
    // tells a blocked participant on opening the conversation, before they write
    const blocked = before === undefined ? await this.#blacklist.remind({ conversation, side: mine, assignment }) : undefined
    const first = messages[0]
    const last = messages.at(-1)
    const more =
      after === undefined
        ? first !== undefined && first.seq > 1 && (messages.length === limit || isCut === true)
        : last !== undefined && last.seq < head.seq
    return {
      ok: true,
      conversation,
      messages: [...messages],
      head,
      more,
      cursors: { ...cursors },
      ...(shop === undefined ? undefined : { shop }),
      ...(isBlocking(mine, { conversation, assignment }) ? { blocking: true as const } : undefined),
      ...(blocked === undefined ? undefined : { blocked }),
      ...(erasedAt === undefined ? undefined : { erasedAt }),
    }
  }

  async read(caller: Caller, input: CommandInput<'read'>): Promise<CommandAnswer<'read'>> {
    const { conversation, mine } = access(caller.identity, input)
    await this.#store.advance({ conversation, side: mine, read: input.seq, origin: caller.sid })
    return { ok: true }
  }

  async delivered(caller: Caller, input: CommandInput<'delivered'>): Promise<CommandAnswer<'delivered'>> {
    const { conversation, mine } = access(caller.identity, input)
    await this.#store.advance({ conversation, side: mine, delivered: input.seq, origin: caller.sid })
    return { ok: true }
  }
}

const unchanged = (appended: Appended): Appended => appended

const isFirst = ({ seq, duplicate }: Appended): boolean => seq === 1 && !duplicate

/** The image of this gateway that an image message shows; without it the message shows nothing. */
function mainImageOf({ kind, body }: NewMessage): string | undefined {
  const { url } = body as { readonly url?: unknown }
  return kind === 'image' && typeof url === 'string' && url.startsWith('/v1/') ? imagesIn(url)[0] : undefined
}

/** The message as readers get it. */
function storedMessage({ conversation, id, from, side, name, guest, kind, body }: NewMessage, { epoch, seq, prev, at }: Appended): Message {
  return {
    conversation,
    epoch,
    seq,
    ...(prev === undefined ? undefined : { prev }),
    id,
    from,
    side,
    ...(name === undefined ? undefined : { name }),
    ...(guest && { guest }),
    kind,
    body,
    at,
  }
}
