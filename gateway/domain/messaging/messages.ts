/**
 * Writing and reading logs. One line's sends keep their order: nothing is awaited between a command's arrival and its append, but where the
 * message names images, and then those behind it wait.
 */
import type { Appended, Muted, NewMessage, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Body } from '../../protocol/model.ts'
import { access, mayStart, type Caller, type Direct } from './access.ts'
import { spenderOf, type Allowances } from '../allowances.ts'
import type { Blacklist } from '../desk/blacklist.ts'
import { ROWS_BYTES } from '../answer-size.ts'
import { isBlocking, type Conversations } from './conversations.ts'
import type { Report } from '../facts.ts'
import { checkFreeForm, isInvisible } from '../untrusted-text.ts'
import { imagesIn, type Images } from './images.ts'
import { Refusal } from '../refusal.ts'
import type { Routing } from '../assignment/routing.ts'
import { KeyedQueue } from '../keyed-queue.ts'

const DEFAULT_PAGE_COUNT = 30
/** It would become another text as UTF-8, and two ids could become one. */
const LONE_SURROGATE = /\p{Surrogate}/u

export class Messages {
  readonly #store: Store
  readonly #conversations: Conversations
  readonly #blacklist: Blacklist
  readonly #routing: Routing
  readonly #direct: Direct
  readonly #allowances: Allowances
  readonly #images: Images
  readonly #queue = new KeyedQueue()
  readonly #now: () => number
  readonly #report: Report

  constructor(options: {
    store: Store
    conversations: Conversations
    blacklist: Blacklist
    routing: Routing
    direct: Direct
    allowances: Allowances
    images: Images
    now: () => number
    report: Report
  }) {
    this.#store = options.store
    this.#conversations = options.conversations
    this.#blacklist = options.blacklist
    this.#routing = options.routing
    this.#direct = options.direct
    this.#allowances = options.allowances
    this.#images = options.images
    this.#now = options.now
    this.#report = options.report
  }

  async send(caller: Caller, input: CommandInput<'send'>): Promise<CommandAnswer<'send'>> {
    const { identity, sid } = caller
    const seen = access(identity, input)
    const { id, kind, body } = input
    const json = checkBody(kind, body, identity.role)
    if (LONE_SURROGATE.test(id)) throw new Refusal('bad_request', 'id is not well-formed text')
    const { conversation } = seen
    const { name, guest } = identity
    const message: NewMessage = {
      conversation,
      id,
      from: identity.id,
      side: seen.mine,
      kind,
      body,
      at: this.#now(),
      origin: sid,
      ...(name === undefined ? undefined : { name }),
      ...(guest && { guest }),
      isReply: !mayStart(this.#direct, identity, seen),
    }
    const appended = await this.#inTurn(caller, message, json)
    const { epoch, seq, prev, at, duplicate } = appended
    this.#report({ fact: 'messageAppended', duplicate })
    await Promise.all([this.#conversations.announce(seen, { seq, duplicate, sid }), this.#routing.wrote(identity, conversation, appended)])
    return {
      ok: true,
      conversation,
      epoch,
      seq,
      at,
      ...(prev === undefined ? undefined : { prev }),
      ...(duplicate ? { duplicate } : undefined),
    }
  }

  #inTurn(caller: Caller, message: NewMessage, json: string): Promise<Appended> {
    const key = `${caller.sid} ${message.conversation}`
    const ids = imagesIn(json)
    if (ids.length === 0 && !this.#queue.isBusy(key)) return this.#append(caller, message)
    return this.#queue.take(key, () => this.#images.naming(ids, shownIn(message), () => this.#append(caller, message)))
  }

  /**
   * A message may be a conversation's first, which only the store knows: so it takes from the allowance of new ones beforehand, and gives back
   * where it was none. Whose allowance is used up goes on in the conversations there are. Agents are the operator's, and have none.
   */
  async #append(caller: Caller, message: NewMessage): Promise<Appended> {
    if (message.isReply === true || caller.identity.role !== 'customer') return this.#write(message)
    const spender = spenderOf(caller)
    try {
      this.#allowances.take('conversation', spender)
    } catch (refusal) {
      return this.#write({ ...message, isReply: true }, refusal)
    }
    try {
      const appended = await this.#write(message)
      if (appended.seq > 1 || appended.duplicate) this.#allowances.giveBack('conversation', spender)
      return appended
    } catch (error) {
      this.#allowances.giveBack('conversation', spender)
      throw error
    }
  }

  async #write(message: NewMessage, unstarted: unknown = new Refusal('start_forbidden')): Promise<Appended> {
    try {
      return await this.#store.append(message)
    } catch (error) {
      if (error instanceof Error && error.name === 'Muted') throw this.#blacklist.refusal(message.conversation, error as Muted)
      if (error instanceof Error && error.name === 'NotStarted') throw unstarted
      throw error
    }
  }

  async history(caller: Caller, input: CommandInput<'history'>): Promise<CommandAnswer<'history'>> {
    const { conversation, mine } = access(caller.identity, input)
    const { before, after, limit = DEFAULT_PAGE_COUNT } = input
    if (before !== undefined && after !== undefined) throw new Refusal('bad_request', 'give before or after, not both')
    const direction = after !== undefined ? { after } : before !== undefined ? { before } : undefined
    const { messages, head, cursors, service, isCut } = await this.#store.read(conversation, { ...direction, limit, bytes: ROWS_BYTES })
    // whoever opens a conversation is told before they write
    if (before === undefined) await this.#blacklist.remind({ conversation, side: mine, service })
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
      ...(isBlocking(mine, { conversation, service }) ? { blocking: true as const } : undefined),
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

/** The image of this gateway that the message is for: without it there is nothing to see. */
function shownIn({ kind, body }: NewMessage): string | undefined {
  const { url } = body as { readonly url?: unknown }
  return kind === 'image' && typeof url === 'string' && url.startsWith('/v1/') ? imagesIn(url)[0] : undefined
}

/** Returns it as JSON. */
function checkBody(kind: string, body: Body, role: string): string {
  const { text } = body
  if (kind === 'system' && role !== 'system') throw new Refusal('forbidden', "kind system is the gateway's")
  if (text.length > LIMITS.textLength) throw new Refusal('text_too_long', `limits.textLength is ${LIMITS.textLength}`)
  if (kind === 'text' && isInvisible(text)) throw new Refusal('text_empty')
  return checkFreeForm('body', body)
}
