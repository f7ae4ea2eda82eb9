/**
 * One opened connection at a socket door, from its opening to its close. Handles what the client sends.
 *
 *   new ──hello──▶ admitting ──welcome──▶ attached ──close──▶ closed
 *    ▲                │ refused: the session stays, another hello may come until the deadline
 *    └────────────────┴──────── goodbye (engine.io) ──┘
 *
 * Commands are accepted only while attached. A refusal is sent in the packet's ack if it has an id, else by `refusalPush`; the session stays
 * open, unless the client causes too many (see Offences). The allowance is taken before anything in a packet is read. One hello is checked at
 * a time.
 */
import { hash } from 'node:crypto'
import type { Bye } from '../protocol/byes.ts'
import { CODES, type Code, type WireRefusal } from '../protocol/codes.ts'
import type { Command, CommandAnswer } from '../protocol/commands.ts'
import { LIMITS } from '../protocol/limits.ts'
import { ackPacket, connectErrorPacket, decodePacket, type InvalidPacket, type Packet } from '../protocol/packet.ts'
import { readCommandHead } from '../protocol/packets.ts'
import { spenderOf, type Spender } from '../domain/allowances.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Identity } from '../protocol/model.ts'
import { answerPacket, runCommand, type SessionCaller } from './commands.ts'
import { FairQueue, type EventLoopTurns, type FairQueueOptions } from './fair-queue.ts'
import { Offences } from './offences.ts'
import { ReadQueue } from './read-queue.ts'
import { EncodedPacket, encodePush } from '../relay/encoded-packet.ts'
import { sayBye, type Peer } from '../relay/peer.ts'
import type { SessionContext, SessionPipe } from './session-context.ts'
import { textFault } from './text-shape.ts'
import { welcome } from './welcome.ts'

const GOODBYE = /^1(?:\/,)?$/
/** Before a hello is accepted, this many bytes cost as much as one more packet. */
const HELLO_UNIT_BYTES = 1024
/** Unanswered commands of one session; further packets are not handled until one of them is answered. */
const IN_PROGRESS_COUNT = 32
/** A client says a hello this often again before it gives the session up. */
const REPEATED_HELLO_COUNT = 4
/** How long a client may take none of the bytes that wait for it. */
const STALLED_MS = 10_000

const BINARY = Symbol('binary')
const CLOSED = Symbol('closed')
/** What the door delivers, in order: a text, or that something else came. */
type Arrived = string | typeof BINARY | typeof CLOSED

type State = { readonly name: 'new' | 'admitting' | 'closed' } | { readonly name: 'attached'; readonly peer: Peer }

export class Session implements FairQueueOptions<Arrived> {
  readonly #pipe: SessionPipe
  readonly #sid: string
  /** Goodbyes so far. A hello after one may be another person's and gets another `sid`. */
  #goodbyes = 0
  readonly #context: SessionContext
  #state: State = { name: 'new' }
  #deadline: NodeJS.Timeout | undefined
  readonly #arrived: FairQueue<Arrived>
  // these four are made when they are needed: most sessions are never refused anything, and many only listen
  #offences: Offences | undefined
  /** Of the attached peer: after a goodbye the next peer does not wait for the reads of the one before. */
  #reads: ReadQueue | undefined
  /** Whose allowances commands count against, and who sends them: the attached person. */
  #spender: Spender | undefined
  #caller: SessionCaller | undefined
  /** The connection has closed; packets that arrived before are still handled. */
  #isPipeClosed = false
  /** A signed-in person has said hello, so the session no longer counts against its address. */
  #isSignedIn = false
  /** What the hello that is being admitted took from its address's allowance. */
  #helloCost = 0
  /** Digest of the latest hello (some hundred bytes with its pass and cursors, which no idle session should keep), how often it was repeated, and whether a command has shown that its welcome arrived. */
  #hello: string | undefined
  #repeatCount = 0
  #hasCommanded = false
  #commandsInProgress = 0
  /** Set once the node drains: when the client may come back. */
  #leavingAfterMs: number | undefined

  constructor(pipe: SessionPipe, sid: string, context: SessionContext) {
    this.#pipe = pipe
    this.#sid = sid
    this.#context = context
    this.#deadline = setTimeout(() => this.#onDeadline(), context.helloMs)
    this.#arrived = new FairQueue(this)
    context.sessions.add(this)
  }

  onText(text: string): void {
    this.#arrived.add(text, 1 + text.length)
  }

  onBinary(): void {
    this.#arrived.add(BINARY, 1)
  }

  /** The connection has closed. Packets that arrived before are still handled. */
  onClosed(): void {
    this.#isPipeClosed = true
    this.#arrived.add(CLOSED)
  }

  get turns(): EventLoopTurns {
    return this.#context.turns
  }

  isFull(): boolean {
    return this.#commandsInProgress >= IN_PROGRESS_COUNT
  }

  onWaiting(isWaiting: boolean): void {
    this.#pipe.hold(isWaiting)
  }

  /** More packets have arrived than may wait. */
  onTooMuch(): void {
    this.#bye('abuse')
  }

  handle(arrived: Arrived): void {
    if (arrived === CLOSED) {
      this.#context.sessions.delete(this)
      return this.#end()
    }
    if (this.#state.name === 'closed') return
    if (arrived === BINARY) return this.#refuse(this.#takeAllowance('') ?? new Refusal('binary_unsupported').wire)
    this.#takeText(arrived)
  }

  #takeText(text: string): void {
    // a client whose allowance is spent may still say goodbye
    const refusal = text.startsWith('1') && GOODBYE.test(text) ? undefined : this.#takeAllowance(text)
    if (refusal !== undefined) return this.#refuseUnread(text, refusal)
    if (text.length > LIMITS.packetBytes / 3 && Buffer.byteLength(text) > LIMITS.packetBytes) {
      return this.#refuseUnread(text, new Refusal('too_large', `limits.packetBytes is ${LIMITS.packetBytes}`).wire)
    }
    const fault = textFault(text)
    if (fault === 'depth') return this.#refuseUnread(text, new Refusal('bad_request', `limits.bodyDepth is ${LIMITS.bodyDepth}`).wire)
    if (fault === 'count') return this.#refuseUnread(text, new Refusal('bad_request', `limits.packetCount is ${LIMITS.packetCount}`).wire)
    try {
      const packet = decodePacket(text)
      if (packet.type === 'invalid') return this.#refuseInvalid(packet)
      this.#onPacket(packet, text)
    } catch (error) {
      // a bug ends this session and no other
      this.#refuse(this.#wire(error, 'packet'))
      this.#bye('internal')
    }
  }

  /** To be called about once a second. A client that has taken nothing for too long gets `byePush slow`, and is cut after as long again. */
  tick(): void {
    const stalledMs = this.#pipe.stalledMs()
    if (stalledMs < STALLED_MS) return
    if (this.#state.name !== 'closed') this.#bye('slow')
    else if (stalledMs >= 2 * STALLED_MS) this.#pipe.cut()
  }

  /** The node drains: commands under way are still answered, new ones are refused; then `byePush` says when to come back. */
  leave(afterMs: number): void {
    this.#leavingAfterMs = afterMs
    if (this.#commandsInProgress === 0) this.#bye('draining', afterMs)
  }

  #end(): void {
    if (this.#state.name === 'attached') this.#detach(this.#state.peer)
    this.#state = { name: 'closed' }
    clearTimeout(this.#deadline)
  }

  #onPacket(packet: Packet, text: string): void {
    switch (packet.type) {
      case 'connect':
        return this.#onHello(packet.data, text)
      case 'event':
        return this.#onCommand(packet.name, packet.args[0], packet.id)
      case 'disconnect':
        return this.#onGoodbye()
      case 'ack':
      case 'connectError':
        return this.#refuse(new Refusal('bad_packet', 'clients send CONNECT, EVENT and DISCONNECT packets only').wire)
    }
  }

  #detach(peer: Peer): void {
    peer.leave()
    this.#context.hub.detach(peer)
    this.#context.report({ fact: 'peerDetached', door: this.#pipe.door, role: peer.identity.role })
  }

  /** As in Socket.IO: the person leaves; the Engine.IO session stays open until the deadline, for another hello. */
  #onGoodbye(): void {
    if (this.#pipe.door === 'websocket' || this.#state.name !== 'attached') return this.#pipe.close(1000, 'goodbye')
    this.#leavePeer(this.#state.peer)
    this.#goodbyes++
  }

  /** The session waits for a hello again. */
  #leavePeer(peer: Peer): void {
    this.#detach(peer)
    this.#state = { name: 'new' }
    this.#reads = undefined
    this.#spender = undefined
    this.#caller = undefined
    this.#deadline = setTimeout(() => this.#onDeadline(), this.#context.helloMs)
  }

  /**
   * A client without a welcome repeats its hello, because the hello or the welcome may be lost (long polling). The same hello on an attached session
   * attaches it anew: the cursors in it bring everything again that followed the lost welcome.
   */
  #onHello(data: unknown, text: string): void {
    const hello = hash('sha1', text, 'base64')
    if (this.#state.name === 'new') this.#repeatCount = 0
    else if (hello !== this.#hello || this.#repeatCount++ >= REPEATED_HELLO_COUNT) {
      return this.#refuse(new Refusal('hello_repeated').wire, { about: 'hello' })
    } else if (this.#state.name !== 'attached' || this.#hasCommanded) return
    else this.#leavePeer(this.#state.peer)
    this.#hello = hello
    this.#hasCommanded = false
    this.#state = { name: 'admitting' }
    this.#attach(data).catch((error: unknown) => this.#refuseHello(this.#wire(error, 'hello')))
  }

  async #attach(data: unknown): Promise<void> {
    const { hub, report } = this.#context
    const peer = await welcome(data ?? {}, this.#context, {
      pipe: this.#pipe,
      sid: this.#goodbyes === 0 ? this.#sid : `${this.#sid}.${this.#goodbyes}`,
      isWanted: () => this.#state.name !== 'closed',
      onIdentified: (identity) => this.#onIdentified(identity),
      onWelcomed: (welcomed) => {
        if (this.#state.name === 'closed') return false
        this.#state = { name: 'attached', peer: welcomed }
        clearTimeout(this.#deadline)
        this.#deadline = undefined
        report({ fact: 'peerAttached', door: this.#pipe.door, role: welcomed.identity.role })
        return true
      },
    })
    if (peer.isGone) hub.detach(peer)
  }

  /** Guests, and sessions without an accepted hello, count by address; the hellos of a signed-in person by the person. */
  #onIdentified(identity: Identity): void {
    const { allowances, addressWatch } = this.#context
    const { address } = this.#pipe
    addressWatch.saw(identity.id, address)
    const spender = spenderOf({ identity, address })
    if (spender.address === undefined && !this.#isSignedIn) {
      this.#isSignedIn = true
      allowances.giveBack('session', { address })
    }
    allowances.giveBack('hello', { address }, this.#helloCost)
    allowances.take('hello', spender, this.#helloCost)
    this.#helloCost = 0
  }

  #refuseHello(wire: WireRefusal): void {
    if (this.#state.name === 'attached') return this.#bye('internal')
    if (this.#state.name !== 'admitting') return
    this.#state = { name: 'new' }
    const { origin, host, address } = this.#pipe
    this.#context.report({ fact: 'helloRefused', code: wire.code, message: wire.message, origin, host, address })
    this.#sendConnectError(wire)
    this.#countOffence(wire.code)
  }

  #sendConnectError({ message, ...data }: WireRefusal, namespace?: string): void {
    this.#pipe.send(new EncodedPacket(connectErrorPacket({ message, data }, namespace)), false)
  }

  #onCommand(name: string, input: unknown, id: number | undefined): void {
    if (this.#state.name !== 'attached') return this.#refuse(new Refusal('hello_required').wire, { about: name, id })
    if (this.#leavingAfterMs !== undefined) return this.#refuse(new Refusal('draining').wire, { about: name, id })
    const { peer } = this.#state
    this.#hasCommanded = true
    if (peer.isOverdrawn) return this.#bye('slow')
    const { report, uptime } = this.#context
    const startedAt = uptime()
    const refuse = (error: unknown): void => {
      const wire = this.#wire(error, name)
      report({ fact: 'commandRefused', command: wire.code === 'unknown_command' ? 'unknown' : name, code: wire.code, message: wire.message })
      // after a goodbye another person may have said hello and wait for an ack with the same id
      if (!peer.isGone) this.#refuse(wire, { about: name, id })
      this.#onAnswered()
    }
    const answer = (result: CommandAnswer<Command>): void => {
      try {
        report({ fact: 'commandAnswered', command: name, ms: uptime() - startedAt })
        if (id !== undefined) peer.answer(new EncodedPacket(answerPacket(name, id, result)))
        this.#onAnswered()
      } catch (error) {
        refuse(error)
      }
    }
    this.#commandsInProgress++
    try {
      runCommand(this.#context.domain, (this.#caller ??= this.#callerOf(peer)), name, input).then(answer, refuse)
    } catch (error) {
      refuse(error)
    }
  }

  #onAnswered(): void {
    this.#commandsInProgress--
    this.#arrived.goOn()
    if (this.#leavingAfterMs !== undefined && this.#commandsInProgress === 0) this.#bye('draining', this.#leavingAfterMs)
  }

  #callerOf(peer: Peer): SessionCaller {
    return {
      identity: peer.identity,
      sid: peer.sid,
      address: this.#pipe.address,
      isGone: () => peer.isGone || this.#isPipeClosed,
      inTurn: <T>(read: () => Promise<T>): Promise<T> => (this.#reads ??= new ReadQueue(this.#pipe)).inTurn(read),
      renew: async (token: string): Promise<CommandAnswer<'renew'>> => {
        peer.identity = await this.#context.admit.renew(token, peer.identity)
        this.#caller = undefined
        return { ok: true, identity: peer.identity }
      },
      subscribePresence: (sides: readonly string[]) => this.#context.hub.subscribePresence(peer, sides),
    }
  }

  /** The wire form of what was thrown. A bug is reported with its stack, and the client gets `internal`. */
  #wire(error: unknown, where: string): WireRefusal {
    if (error instanceof Refusal) return error.wire
    if (error instanceof Error && error.name === 'Unavailable') return new Refusal('unavailable').wire
    this.#context.report({ fact: 'bugFound', where, error })
    return new Refusal('internal').wire
  }

  #refuse(error: WireRefusal, { about, id }: { about?: string; id?: number | undefined } = {}): void {
    if (this.#state.name === 'closed') return
    this.#pipe.send(
      id === undefined
        ? encodePush('refusalPush', about === undefined ? { error } : { error, about: about.slice(0, 64) })
        : new EncodedPacket(ackPacket(id, { error })),
      false,
    )
    this.#countOffence(error.code)
  }

  #refuseInvalid(packet: InvalidPacket): void {
    if (packet.reason !== 'namespace') {
      return packet.reason === 'binary' ? this.handle(BINARY) : this.#refuse(new Refusal('bad_packet').wire)
    }
    this.#sendConnectError(new Refusal('namespace_unknown').wire, packet.namespace.slice(0, 64))
    this.#countOffence('namespace_unknown')
  }

  /** Only the first characters of the packet are read. */
  #refuseUnread(text: string, wire: WireRefusal): void {
    if (text.startsWith('0') && this.#state.name === 'new') {
      this.#sendConnectError(wire)
      return this.#countOffence(wire.code)
    }
    const { id, name } = readCommandHead(text)
    this.#refuse(wire, { id, ...(name === undefined ? undefined : { about: name }) })
  }

  /** Takes the packet from its allowances. Returns the refusal if one of them is used up. */
  #takeAllowance(text: string): WireRefusal | undefined {
    const { allowances } = this.#context
    try {
      if (this.#state.name === 'attached') {
        const spender = (this.#spender ??= spenderOf({ identity: this.#state.peer.identity, address: this.#pipe.address }))
        allowances.take('command', spender)
        allowances.take('commandBytes', spender, text.length)
      } else {
        const cost = 1 + text.length / HELLO_UNIT_BYTES
        allowances.take('hello', { address: this.#pipe.address }, cost)
        if (this.#state.name === 'new') this.#helloCost = cost
      }
      return undefined
    } catch (error) {
      return this.#wire(error, 'allowances')
    }
  }

  #countOffence(code: Code): void {
    if (code === 'rate_limited' || !CODES[code].retry) this.#context.report({ fact: 'packetRefused', code })
    if ((this.#offences ??= new Offences()).isTooMuch(code, { isAttached: this.#state.name === 'attached', now: this.#context.uptime() }))
      this.#bye('abuse')
  }

  #onDeadline(): void {
    this.#sendConnectError(new Refusal('hello_timeout').wire)
    this.#bye('hello_timeout')
  }

  #bye(code: Bye, afterMs?: number): void {
    if (this.#state.name === 'closed') return
    if (this.#state.name === 'attached') this.#state.peer.bye(code, afterMs)
    else sayBye(this.#pipe, code, afterMs)
    this.#end()
  }
}
