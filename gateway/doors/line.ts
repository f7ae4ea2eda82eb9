/**
 * One opened line, whichever door, from its opening to its close: the incoming half of a client.
 *
 *   new ──hello──▶ admitting ──welcome──▶ attached ──close──▶ closed
 *    ▲                │ refused: the line stays, another hello may come until the deadline
 *    └────────────────┘
 *
 * Commands count only while attached. A packet that cannot be taken is refused in its ack where it has an id, else by
 * `refusalPush`; the line stays up, unless it goes on like that (`OFFENCE_COUNT` in `OFFENCE_MS`).
 */
import type { Bye } from '../protocol/byes.ts'
import { CODES, type Code, type WireRefusal } from '../protocol/codes.ts'
import type { CommandAnswer } from '../protocol/commands.ts'
import { LIMITS } from '../protocol/limits.ts'
import { decodePacket, encodePacket, type InvalidPacket, type Packet } from '../protocol/packet.ts'
import { Refusal } from '../domain/refusal.ts'
import { dispatch } from './dispatch.ts'
import { Outgoing } from './outgoing.ts'
import { pushPacket, sayBye, type Peer } from './peer.ts'
import type { Pipe } from './pipe.ts'
import type { Reception } from './reception.ts'
import { welcome } from './welcome.ts'

const OFFENCE_COUNT = 50
const OFFENCE_MS = 10_000

type State =
  | { readonly name: 'new' | 'admitting' | 'closed' }
  | { readonly name: 'attached'; readonly peer: Peer }

export class Line {
  readonly #pipe: Pipe
  readonly #sid: string
  readonly #reception: Reception
  #state: State = { name: 'new' }
  #deadline: NodeJS.Timeout | undefined
  #offences = 0
  #offendedSince = 0
  #commandsUnderWay = 0
  /** Set once the node drains: when to come back. */
  #leavingAfterMs: number | undefined

  constructor(pipe: Pipe, sid: string, reception: Reception) {
    this.#pipe = pipe
    this.#sid = sid
    this.#reception = reception
    this.#deadline = setTimeout(() => this.#onDeadline(), reception.helloMs)
    reception.lines.add(this)
  }

  onText(text: string): void {
    if (this.#state.name === 'closed') return
    if (text.length > LIMITS.packetBytes / 3 && Buffer.byteLength(text) > LIMITS.packetBytes) return this.#refuseTooLarge(text)
    const packet = decodePacket(text)
    if (packet.type === 'invalid') return this.#refuseInvalid(packet)
    this.#onPacket(packet)
  }

  onBinary(): void {
    this.#refuse(new Refusal('binary_unsupported').wire)
  }

  /** The node drains: what is under way is still answered, nothing new is taken, then the line is told when to come back. */
  leave(afterMs: number): void {
    this.#leavingAfterMs = afterMs
    if (this.#commandsUnderWay === 0) this.#bye('draining', afterMs)
  }

  /** The door says that the line is really over; until then its last words may be on their way. */
  onClosed(): void {
    this.#reception.lines.delete(this)
    this.#end()
  }

  #end(): void {
    if (this.#state.name === 'attached') {
      const { peer } = this.#state
      peer.leave()
      this.#reception.hub.detach(peer)
      this.#reception.report({ fact: 'peerDetached', door: this.#pipe.door, role: peer.identity.role })
    }
    this.#state = { name: 'closed' }
    clearTimeout(this.#deadline)
  }

  #onPacket(packet: Packet): void {
    switch (packet.type) {
      case 'connect':
        return this.#onHello(packet.data)
      case 'event':
        return this.#onCommand(packet.name, packet.args[0], packet.id)
      case 'disconnect':
        return this.#pipe.close(1000, 'goodbye')
      case 'ack':
      case 'connectError':
        return this.#refuse(new Refusal('bad_packet', 'a client sends no such packet').wire)
    }
  }

  #onHello(data: unknown): void {
    if (this.#state.name !== 'new') return this.#refuse(new Refusal('hello_repeated').wire, { about: 'hello' })
    this.#state = { name: 'admitting' }
    this.#attach(data).catch((error: unknown) => this.#refuseHello(this.#wire(error, 'hello')))
  }

  async #attach(data: unknown): Promise<void> {
    const { hub, report } = this.#reception
    const peer = await welcome(data ?? {}, { pipe: this.#pipe, sid: this.#sid, ...this.#reception }, (welcomed) => {
      if (this.#state.name === 'closed') return false
      this.#state = { name: 'attached', peer: welcomed }
      clearTimeout(this.#deadline)
      this.#deadline = undefined
      report({ fact: 'peerAttached', door: this.#pipe.door, role: welcomed.identity.role })
      return true
    })
    if (peer.isGone) hub.detach(peer)
  }

  #refuseHello(wire: WireRefusal): void {
    if (this.#state.name === 'attached') return this.#bye('internal')
    if (this.#state.name !== 'admitting') return
    this.#state = { name: 'new' }
    this.#reception.report({ fact: 'helloRefused', code: wire.code })
    const { message, ...data } = wire
    this.#pipe.send(new Outgoing(encodePacket({ type: 'connectError', message, data })), false)
  }

  #onCommand(name: string, input: unknown, id: number | undefined): void {
    if (this.#state.name !== 'attached') return this.#refuse(new Refusal('hello_required').wire, { about: name, id })
    if (this.#leavingAfterMs !== undefined) return this.#refuse(new Refusal('draining').wire, { about: name, id })
    const { peer } = this.#state
    if (peer.isOverdrawn) return this.#bye('slow')
    const { report, now } = this.#reception
    const startedAt = now()
    const answer = (result: CommandAnswer<'renew'> | object): void => {
      report({ fact: 'commandAnswered', command: name, ms: now() - startedAt })
      if (id !== undefined) peer.answer(new Outgoing('3' + id + '[' + JSON.stringify(result) + ']'))
      this.#settled()
    }
    const refuse = (error: unknown): void => {
      const wire = this.#wire(error, name)
      report({ fact: 'commandRefused', command: wire.code === 'unknown_command' ? 'unknown' : name, code: wire.code })
      this.#refuse(wire, { about: name, id })
      this.#settled()
    }
    this.#commandsUnderWay++
    try {
      dispatch(this.#reception.domain, this.#asker(peer), { name, input }).then(answer, refuse)
    } catch (error) {
      refuse(error)
    }
  }

  #settled(): void {
    this.#commandsUnderWay--
    if (this.#leavingAfterMs !== undefined && this.#commandsUnderWay === 0) this.#bye('draining', this.#leavingAfterMs)
  }

  #asker(peer: Peer) {
    return {
      identity: peer.identity,
      sid: peer.sid,
      renew: async (token: string): Promise<CommandAnswer<'renew'>> => {
        peer.identity = await this.#reception.admit.renew(token, peer.identity)
        return { ok: true, identity: peer.identity }
      },
      watch: (sides: readonly string[]) => this.#reception.hub.watch(peer, sides),
    }
  }

  /** The wire form of whatever was thrown; what nobody expected is reported with its stack and told as `internal`. */
  #wire(error: unknown, where: string): WireRefusal {
    if (error instanceof Refusal) return error.wire
    if (error instanceof Error && error.name === 'Unavailable') return new Refusal('unavailable').wire
    this.#reception.report({ fact: 'bugFound', where, error })
    return new Refusal('internal').wire
  }

  #refuse(error: WireRefusal, { about, id }: { about?: string; id?: number | undefined } = {}): void {
    if (this.#state.name === 'closed') return
    this.#pipe.send(id === undefined
      ? pushPacket('refusalPush', about === undefined ? { error } : { error, about: about.slice(0, 64) })
      : new Outgoing('3' + id + '[' + JSON.stringify({ error }) + ']'), false)
    this.#countOffence(error.code)
  }

  #refuseInvalid(packet: InvalidPacket): void {
    if (packet.reason !== 'namespace') {
      return packet.reason === 'binary' ? this.onBinary() : this.#refuse(new Refusal('bad_packet').wire)
    }
    const { message, ...data } = new Refusal('namespace_unknown').wire
    const namespace = packet.namespace.slice(0, 64)
    this.#pipe.send(new Outgoing(`4${namespace},${JSON.stringify({ message, data })}`), false)
    this.#countOffence('namespace_unknown')
  }

  /** Too large to be read, but its ack id stands at the very front. */
  #refuseTooLarge(text: string): void {
    const id = /^2(?:\/,)?(\d{1,15})\[/.exec(text.slice(0, 20))?.[1]
    const { wire } = new Refusal('too_large', `limits.packetBytes is ${LIMITS.packetBytes}`)
    this.#refuse(wire, id === undefined ? {} : { id: Number(id) })
  }

  /** What may succeed later is no offence. */
  #countOffence(code: Code): void {
    if (CODES[code].retry) return
    this.#reception.report({ fact: 'packetRefused', code })
    const now = this.#reception.now()
    if (now - this.#offendedSince > OFFENCE_MS) {
      this.#offences = 0
      this.#offendedSince = now
    }
    if (++this.#offences >= OFFENCE_COUNT) this.#bye('abuse')
  }

  #onDeadline(): void {
    const { message, ...data } = new Refusal('hello_timeout').wire
    this.#pipe.send(new Outgoing(encodePacket({ type: 'connectError', message, data })), false)
    this.#bye('hello_timeout')
  }

  #bye(code: Bye, afterMs?: number): void {
    if (this.#state.name === 'closed') return
    if (this.#state.name === 'attached') this.#state.peer.bye(code, afterMs)
    else sayBye(this.#pipe, code, afterMs)
    this.#end()
  }
}
