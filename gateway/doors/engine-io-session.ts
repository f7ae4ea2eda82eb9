/** An engine.io session as a line: its messages are packets. */
import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'engine.io'
import type { WebSocket } from 'ws'
import type { Arrival } from './admit/trusted-proxies.ts'
import { WriteBatch } from './write-batch.ts'
import { FLOOD } from './engine-io.ts'
import { Session } from './session.ts'
import type { EncodedPacket } from '../relay/encoded-packet.ts'
import { SendBuffer, takenBytes } from './send-buffer.ts'
import type { SessionContext, SessionPipe } from './session-context.ts'

/** What may wait for a poll even for a second. With what may be refused besides it stays below the 8 MiB that a client takes in one answer. */
const GATHERED_BYTES = 3_145_728

/** Of the engine, which keeps it to itself: what it has not handed to its transport, and the socket that its transport writes to. */
interface EngineInside {
  readonly writeBuffer: readonly unknown[]
  readonly transport: {
    /** Of a WebSocket. */
    readonly socket?: WebSocket & { readonly _socket?: Duplex }
    /** Of long polling, while a poll waits or its answer is under way. */
    readonly res?: ServerResponse | null
  }
}

/** Returns what opens a line for a session. */
export function engineLines(context: SessionContext): (socket: Socket) => void {
  const writeBatch = new WriteBatch()
  return (socket) => openLine(socket, context, writeBatch)
}

function openLine(socket: Socket, context: SessionContext, writeBatch: WriteBatch): void {
  const pipe = new EnginePipe(socket, { writeBatch, arrival: context.admit.proxies.arrival(socket.request), uptime: context.uptime })
  const session = new Session(pipe, socket.transport.sid, context)
  // at once: a first packet may already be in the same chunk
  socket.on('message', (data: string | Buffer | undefined) => {
    // the parser says undefined for an empty message
    if (Buffer.isBuffer(data)) session.onBinary()
    else session.onText(data ?? '')
  })
  ;(socket as EventEmitter).on(FLOOD, () => session.onFlood())
  socket.on('close', () => {
    pipe.closed()
    session.onClosed()
  })
}

class EnginePipe implements SessionPipe {
  readonly door = 'engine.io'
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly scheme: string | undefined
  readonly address: string
  readonly #socket: Socket
  readonly #writeBatch: WriteBatch
  readonly #pending: SendBuffer

  constructor(socket: Socket, { writeBatch, arrival, uptime }: { writeBatch: WriteBatch; arrival: Arrival; uptime: () => number }) {
    this.#socket = socket
    this.#writeBatch = writeBatch
    this.#pending = new SendBuffer({ refused: (pending) => this.#refused(pending), taken: () => this.#taken(), now: uptime })
    this.origin = arrival.origin
    this.host = arrival.host
    this.scheme = arrival.scheme
    this.address = arrival.address
  }

  /**
   * On a WebSocket whole frames go to the network beside the engine's own, which writes them one by one and holds all of a turn back;
   * only while it holds some back itself do ours queue up behind them.
   */
  send(encoded: EncodedPacket, isPush: boolean): void {
    const { writeBuffer, transport: { socket } } = this.#inside
    if (this.#socket.readyState !== 'open' || (socket !== undefined && socket.readyState !== socket.OPEN)) return
    this.#pending.add(encoded.bytes.length, isPush)
    const network = socket?._socket
    if (network === undefined) this.#socket.send(encoded.text, { compress: true }, this.#pending.take)
    else if (writeBuffer.length === 0) this.#writeBatch.write(network, encoded.engineFrame, this.#pending.take)
    else this.#socket.send(encoded.text, { compress: false }, this.#pending.take)
  }

  /**
   * What the kernel refused. What waits for a poll is the reader's fault only once it has had the time to take it: the engine writes
   * nothing more before the next one comes.
   */
  #refused(pending: SendBuffer): number {
    return Math.max(this.#network?.writableLength ?? 0, pending.overdueBytes, pending.gatheredBytes - GATHERED_BYTES)
  }

  #taken(): number {
    const network = this.#network
    return network === undefined ? 0 : takenBytes(network)
  }

  get #inside(): EngineInside {
    return this.#socket as unknown as EngineInside
  }

  get #network(): Duplex | undefined {
    const { socket, res } = this.#inside.transport
    return socket?._socket ?? res?.socket ?? undefined
  }

  pending(): SendBuffer {
    return this.#pending
  }

  stalledMs(): number {
    return this.#pending.stalledMs()
  }

  onceEmpty(listener: () => void): void {
    this.#pending.onceEmpty(listener)
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#inside.transport.socket?.pause()
    else this.#inside.transport.socket?.resume()
  }

  /** Not within the packet's own handling: a long-polling request that brought it would be torn before its answer. */
  close(): void {
    setImmediate(() => this.#pending.onceEmpty(() => this.#socket.close()))
  }

  cut(): void {
    this.#network?.destroy()
    this.#socket.close(true)
  }

  closed(): void {
    this.#pending.clear()
  }
}
