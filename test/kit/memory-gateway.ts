/**
 * A gateway in a few arrays: the protocol as a client sees it, without a store, a bus or a socket. For tests that move
 * the clock and cause faults that cannot be caused in a real gateway.
 * Passes: memory-pass.ts.
 */
import type { Code } from '../../gateway/protocol/codes.ts'
import { wireRefusal } from '../../gateway/protocol/codes.ts'
import type { Hello, Resumed } from '../../gateway/protocol/commands.ts'
import { conversationId } from '../../gateway/protocol/keys.ts'
import type { Cursor, Head, Identity, Message } from '../../gateway/protocol/model.ts'
import { decodePacket, encodePacket } from '../../gateway/protocol/packet.ts'
import type { Clock } from '../../widget/client/clock.ts'
import type { TransportPort } from '../../widget/client/transport.ts'
import { memoryIdentity } from './memory-pass.ts'
import { NO_FAULTS, pairPort, type FarEnd, type PipeFaults } from './pair.ts'

interface Log {
  readonly sides: readonly [string, string]
  epoch: string
  messages: Message[]
  cursors: Record<string, Cursor>
}

interface Peer {
  readonly far: FarEnd
  identity?: Identity
  device?: string | undefined
}

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
  pageCount = 50
  missedCount = 200
  epoch = 'e1'
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
    for (const peer of [...this.peers]) {
      this.push(peer, 'byePush', { ...wireRefusal(code), reconnect, ...(afterMs === undefined ? {} : { afterMs }) })
      this.#clock.after(1, () => peer.far.cut())
    }
  }

  push(peer: Peer, name: string, data: unknown): void {
    peer.far.send(encodePacket({ type: 'event', name, args: [data] }))
  }

  pushAll(name: string, data: unknown): void {
    for (const peer of this.peers) this.push(peer, name, data)
  }

  log(a: string, b: string): Log {
    const id = conversationId(a, b)
    const log = this.logs.get(id) ?? { sides: [a, b], epoch: this.epoch, messages: [], cursors: {} }
    this.logs.set(id, log)
    return log
  }

  /** Appends and publishes; the same (from, id) again returns the stored message. */
  append(sides: readonly [string, string], sent: Pick<Message, 'id' | 'from' | 'side' | 'kind' | 'body'>, origin?: Peer) {
    const log = this.log(...sides)
    const old = log.messages.find(({ from, id }) => from === sent.from && id === sent.id)
    if (old) return { message: old, duplicate: true }
    const last = log.messages[log.messages.length - 1]
    const message: Message = {
      conversation: conversationId(...sides),
      epoch: log.epoch,
      seq: (last?.seq ?? 0) + 1,
      ...(last ? { prev: last.id } : {}),
      ...sent,
      at: this.#clock.now(),
    }
    log.messages.push(message)
    log.cursors[sent.side] = { delivered: message.seq, read: message.seq }
    for (const peer of this.peers) {
      if (peer !== origin && peer.identity && sides.includes(peer.identity.side)) this.push(peer, 'messagePush', message)
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

  #accept(far: FarEnd) {
    const peer: Peer = { far }
    return {
      onPacket: (text: string) => this.#receive(peer, text),
      onClose: () => void this.peers.delete(peer),
    }
  }

  #receive(peer: Peer, text: string): void {
    const packet = decodePacket(text)
    if (packet.type === 'connect') return this.#greet(peer, packet.data as Hello)
    if (packet.type !== 'event' || !peer.identity) return
    const { name, args, id } = packet
    const input = args[0] as Input
    if (this.swallow(name, input, peer)) return
    const refusal = this.refuse(name, input)
    const answer = refusal ? { error: wireRefusal(refusal.code, undefined, refusal.afterMs) } : this.#answer(peer, name, input)
    if (id !== undefined && !this.muteAnswer(name, input)) peer.far.send(encodePacket({ type: 'ack', id, args: [answer] }))
  }

  #greet(peer: Peer, hello: Hello): void {
    if (peer.identity) return
    const refusal = this.refuse('connect', hello as Input)
    const identity = memoryIdentity(hello.token, this.#clock.now() + 3_600_000)
    if (refusal || !identity) {
      const { message, ...data } = wireRefusal(refusal?.code ?? 'pass_invalid', undefined, refusal?.afterMs)
      return peer.far.send(encodePacket({ type: 'connectError', message, data }))
    }
    peer.identity = identity
    peer.device = hello.device
    for (const other of this.peers) {
      if (hello.device !== undefined && other.device === hello.device && other.identity?.id === peer.identity.id) {
        this.push(other, 'byePush', { ...wireRefusal('replaced'), reconnect: false })
        this.#clock.after(1, () => other.far.cut())
        this.peers.delete(other)
      }
    }
    this.peers.add(peer)
    this.hellos.push(hello)
    const { resumed, missed } = this.#resume(peer.identity.side, hello)
    const welcome = { sid: `s${++this.#nextSid}`, identity: peer.identity, v: 1, at: this.#clock.now(), limits: {}, resumed }
    peer.far.send(encodePacket({ type: 'connect', data: welcome }))
    for (const message of missed) this.push(peer, 'messagePush', message)
  }

  #resume(side: string, hello: Hello): { resumed: Resumed[]; missed: Message[] } {
    const resumed: Resumed[] = []
    const missed: Message[] = []
    const wanted = new Map(hello.resume?.cursors.map((cursor) => [cursor[0], cursor]))
    if (hello.to !== undefined && !wanted.has(conversationId(side, hello.to))) {
      this.log(side, hello.to)
      wanted.set(conversationId(side, hello.to), [conversationId(side, hello.to), '', 0, ''])
    }
    for (const [conversation, [, epoch, seq, lastId]] of wanted) {
      const sides = conversation.split('~') as [string, string]
      const log = this.log(...sides)
      const last = log.messages.find((message) => message.seq === seq)
      const above = log.messages.filter((message) => message.seq > seq)
      const isKnown = log.epoch === epoch && last?.id === lastId
      const status = seq === 0 || above.length > this.missedCount ? 'reload' : isKnown ? 'follows' : 'diverged'
      const to = sides.find((one) => one !== side)!
      resumed.push({ conversation, to, status, head: headOf(log), cursors: log.cursors })
      if (status !== 'diverged') missed.push(...(status === 'reload' ? log.messages.slice(-this.pageCount) : above))
    }
    return { resumed, missed }
  }

  #answer(peer: Peer, command: string, input: Input): unknown {
    const { side, id: from } = peer.identity!
    const sides: [string, string] =
      input.conversation === undefined ? [side, input.to ?? ''] : (String(input.conversation).split('~') as [string, string])
    const conversation = input.to === undefined ? input.conversation : conversationId(...sides)
    switch (command) {
      case 'send': {
        const { id, kind, body } = input as unknown as Message
        const { message, duplicate } = this.append(sides, { id, from, side, kind, body }, peer)
        const { epoch, seq, prev, at } = message
        return { ok: true, conversation, epoch, seq, at, ...(prev ? { prev } : {}), ...(duplicate ? { duplicate } : {}) }
      }
      case 'renew': {
        const identity = memoryIdentity(input.token, this.#clock.now() + 3_600_000)
        if (identity?.id !== from || identity.side !== side) return { error: wireRefusal(identity ? 'forbidden' : 'pass_invalid') }
        return { ok: true, identity }
      }
      case 'history':
        return this.#history(this.log(...sides), input as unknown as { before?: number; after?: number; limit?: number })
      case 'read':
      case 'delivered':
        return this.#advance({ sides, side, seq: Number(input.seq), isRead: command === 'read' }, peer)
      case 'typing':
        for (const other of this.peers) {
          if (other !== peer && other.identity && sides.includes(other.identity.side)) {
            this.push(other, 'typingPush', { conversation, from, side, on: input.on ?? true })
          }
        }
        return { ok: true }
      case 'conversations':
        return { ok: true, more: false, conversations: this.rows(side) }
      default:
        return { ok: true }
    }
  }

  rows(side: string) {
    return [...this.logs]
      .filter(([, log]) => log.sides.includes(side) && log.messages.length > 0)
      .map(([conversation, log]) => {
        const last = log.messages[log.messages.length - 1]!
        return {
          conversation,
          to: log.sides.find((one) => one !== side)!,
          head: headOf(log),
          last,
          cursors: log.cursors,
          unread: last.seq - (log.cursors[side]?.read ?? 0),
          at: last.at,
        }
      })
  }

  #history(log: Log, { before, after, limit = 50 }: { before?: number; after?: number; limit?: number }) {
    const all = log.messages.filter(({ seq }) => seq < (before ?? Infinity) && seq > (after ?? 0))
    const messages = after === undefined ? all.slice(-limit) : all.slice(0, limit)
    const conversation = conversationId(...log.sides)
    return { ok: true, conversation, messages, head: headOf(log), more: all.length > messages.length, cursors: log.cursors }
  }

  #advance(move: { sides: [string, string]; side: string; seq: number; isRead: boolean }, origin: Peer) {
    const { sides, side, seq, isRead } = move
    const log = this.log(...sides)
    const old = log.cursors[side] ?? { delivered: 0, read: 0 }
    const next = { delivered: Math.max(old.delivered, seq), read: isRead ? Math.max(old.read, seq) : old.read }
    log.cursors[side] = next
    if (next.delivered > old.delivered || next.read > old.read) {
      for (const peer of this.peers) {
        if (peer === origin || !peer.identity || !sides.includes(peer.identity.side)) continue
        this.push(peer, 'cursorPush', { conversation: conversationId(...sides), participant: side, ...next })
      }
    }
    return { ok: true }
  }
}

function headOf({ epoch, messages }: Log): Head {
  const last = messages[messages.length - 1]
  return last ? { epoch, seq: last.seq, id: last.id } : { epoch, seq: 0 }
}
