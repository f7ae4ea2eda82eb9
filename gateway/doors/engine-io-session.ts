/** Sessions of the engine.io door: each Engine.IO message is a packet. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Arrival } from './admit/trusted-proxies.ts'
import { FLUSH_BYTES, WriteBatch, writeFrames, type Gathering } from './write-batch.ts'
import { takeMessages, type EngineSocket } from './engine-messages.ts'
import { MESSAGE } from './engine-websocket.ts'
import { LongPolling } from './long-polling.ts'
import { Session } from './session.ts'
import type { EncodedPacket } from '../relay/encoded-packet.ts'
import { SendBuffer, takenBytes, type SendBufferSource } from './send-buffer.ts'
import type { SessionContext, SessionPipe } from './session-context.ts'

/** Bytes that may wait for the next poll. Together with what may be refused, this stays below the 8 MiB that a client accepts in one answer. */
const GATHERED_BYTES = 3_145_728

/** How long the answer to a POST waits for the answers to its commands. Mostly they come within the commit that is under way. */
const HELD_MS = 20
const COMMAND_WITH_ID = /^2\d/

/** Private fields of engine.io's socket: what it has not handed to its transport yet, and the socket that its transport writes to. */
interface EngineInternals {
  readonly writeBuffer: readonly unknown[]
  readonly transport: {
    /** Whether it takes packets now; for long polling, whether a poll waits. */
    writable: boolean
    /** Of the WebSocket transport. */
    readonly socket?: WebSocket & { readonly _socket?: Duplex }
    /** Of long polling, while a poll waits or its answer is being sent. */
    readonly res?: ServerResponse | null
  }
  send(text: string, options: { readonly compress: boolean }, onSent: () => void): void
  flush(): void
}

/** Returns a function that opens a session for an Engine.IO socket and the request that has opened it. */
export function engineSessions(context: SessionContext): (socket: EngineSocket, request: IncomingMessage) => void {
  const writeBatch = new WriteBatch()
  return (socket, request) => openSession(socket, context.admit.proxies.arrival(request), { context, writeBatch })
}

function openSession(
  socket: EngineSocket,
  arrival: Arrival,
  { context, writeBatch }: { readonly context: SessionContext; readonly writeBatch: WriteBatch },
): void {
  const pipe = new EnginePipe(socket, { writeBatch, arrival, uptime: context.uptime })
  const session = new Session(pipe, socket.transport.sid, context)
  takeMessages(
    socket,
    (data) => {
      if (typeof data !== 'string') return session.onBinary()
      pipe.received(data)
      session.onText(data)
    },
    () => {
      pipe.closed()
      session.onClosed()
    },
  )
  const { transport } = socket
  if (transport instanceof LongPolling) {
    transport.onFlood = () => session.onTooMuch()
    transport.onPosted = (answer) => pipe.posted(answer)
  }
}

class EnginePipe implements SessionPipe, Gathering, SendBufferSource {
  readonly door = 'engine.io'
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly scheme: string | undefined
  readonly address: string
  readonly now: () => number
  readonly #socket: EngineSocket
  readonly #writeBatch: WriteBatch
  readonly #sendBuffer = new SendBuffer(this)
  /** This turn's packets. */
  #packets: EncodedPacket[] | undefined
  #packetsBytes = 0
  /** Commands of the latest POST that are not answered yet. A refusal without an id may count as an answer; it only ends the wait early. */
  #unanswered = 0
  #heldPost: { readonly answer: () => void; readonly timer: NodeJS.Timeout } | undefined

  constructor(socket: EngineSocket, { writeBatch, arrival, uptime }: { writeBatch: WriteBatch; arrival: Arrival; uptime: () => number }) {
    this.#socket = socket
    this.#writeBatch = writeBatch
    this.now = uptime
    this.origin = arrival.origin
    this.host = arrival.host
    this.scheme = arrival.scheme
    this.address = arrival.address
  }

  send(encoded: EncodedPacket, isPush: boolean): void {
    if (!this.#isOpen) return
    const bytes = encoded.bytesCount
    this.#sendBuffer.add(bytes, isPush)
    const isLastAnswer = !isPush && this.#unanswered > 0 && --this.#unanswered === 0
    if (this.#packets === undefined) {
      this.#packets = [encoded]
      this.#writeBatch.add(this)
    } else this.#packets.push(encoded)
    this.#packetsBytes += bytes
    if (isLastAnswer && this.#heldPost !== undefined) this.#writeBatch.afterwards(this.#answerPost)
    if (this.#packetsBytes >= FLUSH_BYTES && this.#internals.transport.socket !== undefined) this.flush()
  }

  received(text: string): void {
    if (this.#internals.transport.socket === undefined && COMMAND_WITH_ID.test(text)) this.#unanswered++
  }

  /**
   * Holds the answer to a POST until its commands are answered, and written. A client has one POST under way, so what it says after those
   * answers comes with one POST, where it would say the first in one of its own, and the rest in another.
   */
  posted(answer: () => void): void {
    this.#answerPost()
    if (this.#unanswered === 0) return answer()
    const timer = setTimeout(() => {
      this.#unanswered = 0
      this.#answerPost()
    }, HELD_MS)
    this.#heldPost = { answer, timer }
  }

  readonly #answerPost = (): void => {
    const held = this.#heldPost
    if (held === undefined) return
    this.#heldPost = undefined
    clearTimeout(held.timer)
    held.answer()
  }

  /**
   * On a WebSocket this writes whole frames to the network socket itself, because engine.io writes frames one by one; a poll that waits is
   * answered with all packets. While engine.io holds packets back, ours go through it, so that they stay in order. What is decided only here
   * holds for a session that has changed its transport within the turn, too.
   */
  flush(): void {
    const packets = this.#packets
    if (packets === undefined) return
    this.#packets = undefined
    this.#packetsBytes = 0
    if (!this.#isOpen) return
    const { writeBuffer, transport } = this.#internals
    const network = transport.socket?._socket
    if (writeBuffer.length > 0) this.#sendThroughEngine(packets)
    else if (network !== undefined) writeFrames(network, { packets, prefix: MESSAGE }, (count) => this.#sendBuffer.take(count))
    else if (transport instanceof LongPolling && transport.writable) {
      transport.sendTexts(
        packets.map(({ text }) => text),
        () => this.#sendBuffer.take(packets.length),
      )
    } else this.#sendThroughEngine(packets)
  }

  /** All in one: with the first packet alone engine.io would answer a waiting poll, and the others would wait for the next one. */
  #sendThroughEngine(packets: readonly EncodedPacket[]): void {
    const engine = this.#internals
    const { transport } = engine
    const { writable } = transport
    transport.writable = false
    for (const { text } of packets) engine.send(text, { compress: transport.socket === undefined }, () => this.#sendBuffer.take())
    transport.writable = writable
    engine.flush()
  }

  get #isOpen(): boolean {
    const { socket } = this.#internals.transport
    return this.#socket.readyState === 'open' && (socket === undefined || socket.readyState === socket.OPEN)
  }

  /**
   * Bytes that the kernel refused. What waits for the next poll counts only once the client has had time to poll.
   */
  refused(sendBuffer: SendBuffer): number {
    return Math.max(this.#network?.writableLength ?? 0, sendBuffer.overdueBytes, sendBuffer.gatheredBytes - GATHERED_BYTES)
  }

  taken(): number {
    const network = this.#network
    return network === undefined ? 0 : takenBytes(network)
  }

  get #internals(): EngineInternals {
    return this.#socket as unknown as EngineInternals
  }

  get #network(): Duplex | undefined {
    const { socket, res } = this.#internals.transport
    return socket?._socket ?? res?.socket ?? undefined
  }

  buffered(): SendBuffer {
    return this.#sendBuffer
  }

  stalledMs(): number {
    return this.#sendBuffer.stalledMs()
  }

  onceEmpty(listener: () => void): void {
    this.#sendBuffer.onceEmpty(listener)
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#internals.transport.socket?.pause()
    else this.#internals.transport.socket?.resume()
  }

  /** Deferred: while a packet is handled, it would close the long-polling request that brought the packet before its answer. */
  close(): void {
    setImmediate(() => this.#sendBuffer.onceEmpty(() => this.#socket.close()))
  }

  cut(): void {
    this.#network?.destroy()
    this.#socket.close(true)
  }

  closed(): void {
    this.#unanswered = 0
    this.#answerPost()
    this.#sendBuffer.clear()
  }
}
