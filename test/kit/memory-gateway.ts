/**
 * A gateway in a few arrays: the protocol as a client sees it, without a store, a bus or a socket. For tests that move
 * the clock and cause faults that cannot be caused in a real gateway. The gateway's own functions check what a client sends and decide how it
 * resumes; the rest passes the suites of the doors (gateway-and-double.ts). Passes: memory-pass.ts.
 */
import { check, checkHello } from '../../gateway/doors/validator.ts'
import { access } from '../../gateway/domain/messaging/access.ts'
import { decideResume } from '../../gateway/domain/messaging/catch-up.ts'
import { checkMessage } from '../../gateway/domain/messaging/check-message.ts'
import { nameIn, rowFor } from '../../gateway/domain/messaging/conversations.ts'
import { withdrawnOf } from '../../gateway/domain/messaging/tombstone.ts'
import { Refusal } from '../../gateway/domain/refusal.ts'
import { BYES, type Bye } from '../../gateway/protocol/byes.ts'
import type { Code } from '../../gateway/protocol/codes.ts'
import { wireRefusal } from '../../gateway/protocol/codes.ts'
import { COMMANDS, type Command, type CommandInput, type Hello, type Resumed } from '../../gateway/protocol/commands.ts'
import { conversationId, conversationSides } from '../../gateway/protocol/keys.ts'
import { LIMITS, type Limits } from '../../gateway/protocol/limits.ts'
import type { ConversationRow, Cursor, Head, Identity, Message } from '../../gateway/protocol/model.ts'
import { decodePacket, encodePacket, type InvalidPacket, type Packet } from '../../gateway/protocol/packet.ts'
import { OLDEST_VERSION, PROTOCOL_VERSION } from '../../gateway/protocol/version.ts'
import type { Clock } from '../../widget/client/clock.ts'
import type { TransportPort } from '../../widget/client/transport.ts'
import { memoryIdentity } from './memory-pass.ts'
import { NO_FAULTS, pairPort, type FarEnd, type PipeFaults } from './pair.ts'

/** As the gateway's: the messages of a page without a `limit`, and of the newest page after a hello. */
const PAGE_COUNT = 30
/** The older of two sessions of one device stays for this long. */
const OUTDATED_MS = 5000

interface Log {
  readonly sides: readonly [string, string]
  epoch: string
  messages: Message[]
  cursors: Record<string, Cursor>
  readonly names: Record<string, string>
}

interface Peer {
  readonly far: FarEnd
  readonly sid: string
  identity?: Identity
  hello?: string
  hasCommanded?: boolean
  device?: string | undefined
  /** Its device has a newer session. */
  isOutdated?: boolean
  stopExpiry?: () => void
}

/** A peer whose hello was accepted. */
type Attached = Peer & { identity: Identity }

/** The commands that it carries out; it knows no others. */
type Modelled = 'send' | 'withdraw' | 'renew' | 'history' | 'read' | 'delivered' | 'typing' | 'changeUser' | 'conversations'
type Input = Record<string, never> & { to?: string; conversation?: string; token?: string }

export class MemoryGateway {
  readonly websocket: PipeFaults = { ...NO_FAULTS }
  readonly polling: PipeFaults = { ...NO_FAULTS }
  readonly peers = new Set<Peer>()
  readonly logs = new Map<string, Log>()
  /** Every hello accepted, oldest first. */
  readonly hellos: Hello[] = []
  /** Refuses the command where it returns a refusal. */
  refuse: (command: string, input: Input) => { code: Code; afterMs?: number } | undefined = () => undefined
  /** Where it returns true, the command has no effect and no answer. */
  swallow: (command: string, input: Input, peer: Peer) => boolean = () => false
  /** Where it returns true, the command has its effect and no answer. */
  muteAnswer: (command: string, input: Input) => boolean = () => false
  epoch = 'e1'
  /** What the welcome tells. */
  limits: Limits = LIMITS
  readonly #clock: Clock
  #nextSid = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  ports(): readonly TransportPort[] {
    const accept = (far: FarEnd) => this.#accept(far)
    const clock = this.#clock
    return [
      pairPort({ name: 'websocket', clock, accept, faults: this.websocket }),
      pairPort({ name: 'polling', clock, accept, faults: this.polling }),
    ]
  }

  /** Cuts every connection, as a killed process does. */
  kill(): void {
    for (const { far } of [...this.peers]) far.cut('killed')
  }

  /** Sends a byePush in every session, then cuts its connection. */
  bye(code: Code, reconnect: boolean, afterMs?: number): void {
    for (const peer of [...this.peers]) this.#bye(peer, { code, reconnect, afterMs })
  }

  push(peer: Peer, name: string, data: unknown): void {
    peer.far.send(encodePacket({ type: 'event', name, args: [data] }))
  }

  pushAll(name: string, data: unknown): void {
    for (const peer of this.peers) this.push(peer, name, data)
  }

  log(a: string, b: string): Log {
    const id = conversationId(a, b)
    const log = this.logs.get(id) ?? { sides: [a, b], epoch: this.epoch, messages: [], cursors: {}, names: {} }
    this.logs.set(id, log)
    return log
  }

  /** Appends and publishes; the same (from, id) again returns the stored message. */
  append(sides: readonly [string, string], sent: Pick<Message, 'id' | 'from' | 'side' | 'name' | 'kind' | 'body'>, origin?: Peer) {
    const log = this.log(...sides)
    const old = log.messages.find(({ from, id }) => from === sent.from && id === sent.id)
    if (old) return { message: old, duplicate: true }
    const last = log.messages.at(-1)
    const message: Message = {
      conversation: conversationId(...sides),
      epoch: log.epoch,
      seq: (last?.seq ?? 0) + 1,
      ...(last ? { prev: last.id } : {}),
      ...sent,
      at: Math.max(this.#clock.now(), last?.at ?? 0),
    }
    log.messages.push(message)
    log.cursors[sent.side] = { delivered: message.seq, read: message.seq }
    if (sent.name !== undefined) log.names[sent.side] = sent.name
    for (const peer of this.#peersOf(sides)) {
      if (!last) this.push(peer, 'conversationPush', rowFor(peer.identity.side, listRow(log), this.#clock.now()))
      if (peer !== origin) this.push(peer, 'messagePush', message)
    }
    return { message, duplicate: false }
  }

  /** A failover to a replica that lags: every connection is cut, the newest `count` entries are lost and their seqs used again. */
  loseTail(count: number): void {
    this.kill()
    for (const log of this.logs.values()) {
      log.messages = log.messages.slice(0, Math.max(0, log.messages.length - count))
      for (const side in log.cursors) {
        const { delivered, read } = log.cursors[side]!
        log.cursors[side] = { delivered: Math.min(delivered, log.messages.length), read: Math.min(read, log.messages.length) }
      }
    }
  }

  /** Empties the store, as a Redis that starts without its file; logs begin anew in another epoch. */
  forget(isCutting: boolean): void {
    if (isCutting) this.kill()
    this.logs.clear()
    this.epoch += '+'
  }

  /** The other side writes `text`. */
  say(from: string, to: string, text: string): Message {
    const id = `${from}-${this.log(from, to).messages.length + 1}-${text}`
    return this.append([from, to], { id, from, side: from, kind: 'text', body: { text } }).message
  }

  #peersOf(sides: readonly string[]): Attached[] {
    return [...this.peers].filter((peer): peer is Attached => peer.identity !== undefined && sides.includes(peer.identity.side))
  }

  #bye(peer: Peer, { code, reconnect, afterMs }: { code: Code; reconnect: boolean; afterMs?: number | undefined }): void {
    const { message } = wireRefusal(code)
    this.push(peer, 'byePush', { code, message, reconnect, ...(afterMs === undefined ? {} : { afterMs }) })
    this.#clock.after(1, () => peer.far.end())
  }

  #byeLater(peer: Peer, ms: number, code: Bye): () => void {
    return this.#clock.after(ms, () => peer.far.isOpen && this.#bye(peer, { code, reconnect: BYES[code].reconnect }))
  }

  #accept(far: FarEnd) {
    const peer: Peer = { far, sid: `memory.${++this.#nextSid}` }
    return {
      onPacket: (text: string) => this.#receive(peer, decodePacket(text)),
      onClose: () => {
        peer.stopExpiry?.()
        this.peers.delete(peer)
      },
    }
  }

  #receive(peer: Peer, packet: Packet | InvalidPacket): void {
    if (packet.type === 'connect') return this.#greet(peer, (packet.data ?? {}) as Hello)
    if (packet.type === 'event') return this.#command(peer, packet)
    if (packet.type === 'disconnect') return peer.far.cut()
    const isBinary = packet.type === 'invalid' && packet.reason === 'binary'
    this.push(peer, 'refusalPush', { error: wireRefusal(isBinary ? 'binary_unsupported' : 'bad_packet') })
  }

  #command(peer: Peer, { name, args, id }: Extract<Packet, { type: 'event' }>): void {
    const input = args[0] as Input
    const isAttached = peer.identity !== undefined
    if (isAttached) peer.hasCommanded = true
    if (isAttached && this.swallow(name, input, peer)) return
    const refusal = isAttached ? this.refuse(name, input) : undefined
    const answer = refusal ? { error: wireRefusal(refusal.code, undefined, refusal.afterMs) } : this.#answer(peer, name, input)
    if (id !== undefined) {
      if (!this.muteAnswer(name, input)) peer.far.send(encodePacket({ type: 'ack', id, args: [answer] }))
    } else if ('error' in answer) this.push(peer, 'refusalPush', { error: answer.error, about: name })
  }

  #greet(peer: Peer, hello: Hello): void {
    const text = JSON.stringify(hello)
    if (peer.identity && peer.hello !== text) return this.push(peer, 'refusalPush', { error: wireRefusal('hello_repeated'), about: 'hello' })
    if (peer.identity && peer.hasCommanded) return
    this.peers.delete(peer as Attached)
    peer.hello = text
    try {
      this.#welcome(peer, hello)
    } catch (error) {
      const { message, ...data } = wireOf(error)
      peer.far.send(encodePacket({ type: 'connectError', message, data }))
    }
  }

  #welcome(peer: Peer, hello: Hello): void {
    const refusal = this.refuse('connect', hello as Input)
    if (refusal) throw new Refusal(refusal.code, undefined, refusal.afterMs)
    checkHello(hello)
    if ((hello.v ?? PROTOCOL_VERSION) < OLDEST_VERSION) throw new Refusal('version_unsupported')
    const identity = this.#identify(hello.token)
    const { resumed, missed } = this.#resume(identity, hello)
    peer.device = hello.device
    this.#attach(Object.assign(peer, { identity }))
    this.hellos.push(hello)
    const { sid } = peer
    const welcome = { sid, identity, v: PROTOCOL_VERSION, at: this.#clock.now(), limits: this.limits, resumed }
    peer.far.send(encodePacket({ type: 'connect', data: welcome }))
    for (const message of missed) this.push(peer, 'messagePush', message)
  }

  #attach(peer: Attached): void {
    for (const other of this.#peersOf([peer.identity.side])) {
      const isSame = peer.device !== undefined && other.device === peer.device && other.identity.id === peer.identity.id
      // an older session that repeats its hello is not the newer
      if (isSame && !peer.isOutdated && !other.isOutdated) {
        other.isOutdated = true
        this.#clock.after(OUTDATED_MS, () => {
          // the newer has ended meanwhile
          if (!this.peers.has(peer)) other.isOutdated = false
          else if (other.far.isOpen) this.#bye(other, { code: 'replaced', reconnect: BYES.replaced.reconnect })
        })
      }
    }
    this.peers.add(peer)
    this.#watchExpiry(peer)
  }

  #watchExpiry(peer: Attached): void {
    peer.stopExpiry?.()
    peer.stopExpiry = this.#byeLater(peer, peer.identity.expiresAt - this.#clock.now(), 'pass_expired')
  }

  #identify(token: string | undefined): Identity {
    if (!token) throw new Refusal('pass_required')
    const identity = memoryIdentity(token, this.#clock.now())
    if (!identity) throw new Refusal('pass_invalid')
    return identity
  }

  #resume(identity: Identity, hello: Hello): { resumed: Resumed[]; missed: Message[] } {
    const resumed: Resumed[] = []
    const missed: Message[] = []
    const cursors = (hello.resume?.cursors ?? []).filter(([conversation]) => conversationSides(conversation)?.includes(identity.side))
    const wanted = new Map(cursors.map((cursor) => [cursor[0], cursor]))
    if (hello.to !== undefined) {
      const { conversation } = access(identity, { to: hello.to })
      if (!wanted.has(conversation)) wanted.set(conversation, [conversation, '', 0, ''])
    }
    for (const [conversation, [, epoch, seq, lastId]] of wanted) {
      const sides = conversationSides(conversation)!
      const log = this.log(...sides)
      const head = headOf(log)
      const known = log.messages.find((message) => message.seq >= seq)
      const { status, above } = decideResume({ head, messages: known ? [known] : [] }, { epoch, seq, lastId })
      const to = sides.find((one) => one !== identity.side)!
      const name = nameIn(log.names, to)
      resumed.push({ conversation, to, status, head, cursors: log.cursors, ...(name === undefined ? {} : { name }) })
      missed.push(...(above === undefined ? log.messages.slice(-PAGE_COUNT) : log.messages.filter((message) => message.seq > above)))
    }
    return { resumed, missed }
  }

  #answer(peer: Peer, command: string, input: unknown): object {
    try {
      if (!peer.identity) throw new Refusal('hello_required')
      if (Object.hasOwn(COMMANDS, command)) check(COMMANDS[command as Command].input)(input)
      if (!Object.hasOwn(this.#commands, command)) throw new Refusal('unknown_command', command)
      const name = command as Modelled
      return { ok: true, ...this.#commands[name](peer as Attached, input as never) }
    } catch (error) {
      return { error: wireOf(error) }
    }
  }

  readonly #commands: { readonly [C in Modelled]: (peer: Attached, input: CommandInput<C>) => object | void } = {
    send: (peer: Attached, input: CommandInput<'send'>) => {
      const { id: from, name, role, side } = peer.identity
      const { conversation, theirs } = access(peer.identity, input)
      const { id, kind, body } = input
      checkMessage(input, role)
      const sent = { id, from, side, ...(name === undefined ? {} : { name }), kind, body }
      const { message, duplicate } = this.append([side, theirs], sent, peer)
      const { epoch, seq, prev, at } = message
      return { conversation, epoch, seq, at, ...(prev ? { prev } : {}), ...(duplicate ? { duplicate } : {}) }
    },
    withdraw: (peer: Attached, input: CommandInput<'withdraw'>) => {
      const { mine, theirs } = access(peer.identity, input)
      const { messages } = this.log(mine, theirs)
      const found = messages.find(({ seq, id, side }) => seq === input.seq && id === input.id && side === mine)
      if (found === undefined) throw new Refusal('conflict')
      if (this.#clock.now() - found.at > LIMITS.withdrawMs) throw new Refusal('too_late')
      const message = (messages[messages.indexOf(found)] = withdrawnOf(found))
      for (const other of this.#peersOf([mine, theirs])) if (other !== peer) this.push(other, 'withdrawPush', message)
      return { message }
    },
    renew: (peer: Attached, { token }: CommandInput<'renew'>) => {
      const identity = this.#identify(token)
      if (identity.id !== peer.identity.id || identity.side !== peer.identity.side) throw new Refusal('forbidden')
      peer.identity = identity
      this.#watchExpiry(peer)
      return { identity }
    },
    history: ({ identity }: Attached, input: CommandInput<'history'>) => {
      const { conversation, mine, theirs } = access(identity, input)
      const { before, after, limit = PAGE_COUNT } = input
      if (before !== undefined && after !== undefined) throw new Refusal('bad_request', 'give before or after, not both')
      const log = this.log(mine, theirs)
      const all = log.messages.filter(({ seq }) => seq < (before ?? Infinity) && seq > (after ?? 0))
      const messages = after === undefined ? all.slice(-limit) : all.slice(0, limit)
      return { conversation, messages, head: headOf(log), more: all.length > messages.length, cursors: log.cursors }
    },
    read: (peer: Attached, input: CommandInput<'read'>) => this.#advance(peer, input, true),
    delivered: (peer: Attached, input: CommandInput<'delivered'>) => this.#advance(peer, input, false),
    typing: (peer: Attached, input: CommandInput<'typing'>) => {
      const { id: from, name, side } = peer.identity
      const { conversation, mine, theirs } = access(peer.identity, input)
      for (const other of this.#peersOf([mine, theirs])) {
        if (other === peer || (other.identity.side === side && other.identity.id === from)) continue
        this.push(other, 'typingPush', { conversation, from, side, on: input.on ?? true, ...(name === undefined ? {} : { name }) })
      }
    },
    changeUser: (peer: Attached, { toid }: CommandInput<'changeUser'>) => {
      access(peer.identity, { to: toid })
      for (const other of this.#peersOf([peer.identity.side])) {
        if (other === peer) this.push(peer, 'changeUserPush', { toid })
        else if (other.identity.id === peer.identity.id) this.push(other, 'syncChangeUserPush', { toid, socketid: peer.sid })
      }
    },
    conversations: ({ identity }: Attached, { before = Infinity, limit = LIMITS.listCount }: CommandInput<'conversations'>) => {
      const conversations = this.#rows(identity.side)
        .filter(({ at }) => at < before)
        .slice(0, limit)
      return { conversations, more: conversations.length === limit }
    },
  }

  #rows(side: string): ConversationRow[] {
    return [...this.logs.values()]
      .filter(({ messages, sides }) => sides.includes(side) && messages.length > 0)
      .map((log) => rowFor(side, listRow(log), this.#clock.now()))
      .sort((a, b) => b.at - a.at)
  }

  #advance(peer: Attached, input: CommandInput<'read'>, isRead: boolean): void {
    const { conversation, mine, theirs } = access(peer.identity, input)
    const log = this.log(mine, theirs)
    const old = log.cursors[mine] ?? { delivered: 0, read: 0 }
    const seq = Math.min(input.seq, log.messages.length)
    const next = { delivered: Math.max(old.delivered, seq), read: isRead ? Math.max(old.read, seq) : old.read }
    if (next.delivered === old.delivered && next.read === old.read) return
    log.cursors[mine] = next
    for (const other of this.#peersOf([mine, theirs])) {
      if (other !== peer) this.push(other, 'cursorPush', { conversation, participant: mine, ...next })
    }
  }
}

function wireOf(error: unknown) {
  if (error instanceof Refusal) return error.wire
  throw error
}

const listRow = (log: Log) => ({ ...log, conversation: conversationId(...log.sides), head: headOf(log), last: log.messages.at(-1)! })

function headOf({ epoch, messages }: Log): Head {
  const last = messages.at(-1)
  return last ? { epoch, seq: last.seq, id: last.id } : { epoch, seq: 0 }
}
