/** An engine.io session as a line: its messages are packets. */
import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'engine.io'
import type { WebSocket } from 'ws'
import type { Arrival } from './admit/trusted-proxies.ts'
import { Corks } from './corks.ts'
import { FLOOD } from './engine-io.ts'
import { Line } from './line.ts'
import type { Outgoing } from './outgoing.ts'
import { Pending, takenBytes } from './pending.ts'
import type { Pipe } from './pipe.ts'
import type { Reception } from './reception.ts'

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
export function engineLines(reception: Reception): (socket: Socket) => void {
  const corks = new Corks()
  return (socket) => openLine(socket, reception, corks)
}

function openLine(socket: Socket, reception: Reception, corks: Corks): void {
  const pipe = new EnginePipe(socket, { corks, arrival: reception.admit.proxies.arrival(socket.request), uptime: reception.uptime })
  const line = new Line(pipe, socket.transport.sid, reception)
  // at once: a first packet may already be in the same chunk
  socket.on('message', (data: string | Buffer | undefined) => {
    // the parser says undefined for an empty message
    if (Buffer.isBuffer(data)) line.onBinary()
    else line.onText(data ?? '')
  })
  ;(socket as EventEmitter).on(FLOOD, () => line.onFlood())
  socket.on('close', () => {
    pipe.closed()
    line.onClosed()
  })
}

class EnginePipe implements Pipe {
  readonly door = 'engine.io'
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly scheme: string | undefined
  readonly address: string
  readonly #socket: Socket
  readonly #corks: Corks
  readonly #pending: Pending

  constructor(socket: Socket, { corks, arrival, uptime }: { corks: Corks; arrival: Arrival; uptime: () => number }) {
    this.#socket = socket
    this.#corks = corks
    this.#pending = new Pending({ refused: (pending) => this.#refused(pending), taken: () => this.#taken(), now: uptime })
    this.origin = arrival.origin
    this.host = arrival.host
    this.scheme = arrival.scheme
    this.address = arrival.address
  }

  /**
   * On a WebSocket whole frames go to the network beside the engine's own, which writes them one by one and holds all of a turn back;
   * only while it holds some back itself do ours queue up behind them.
   */
  send(outgoing: Outgoing, isPush: boolean): void {
    const { writeBuffer, transport: { socket } } = this.#inside
    if (this.#socket.readyState !== 'open' || (socket !== undefined && socket.readyState !== socket.OPEN)) return
    this.#pending.add(outgoing.bytes.length, isPush)
    const network = socket?._socket
    if (network === undefined) this.#socket.send(outgoing.text, { compress: true }, this.#pending.take)
    else if (writeBuffer.length === 0) this.#corks.write(network, outgoing.engineFrame, this.#pending.take)
    else this.#socket.send(outgoing.text, { compress: false }, this.#pending.take)
  }

  /**
   * What the kernel refused. What waits for a poll is the reader's fault only once it has had the time to take it: the engine writes
   * nothing more before the next one comes.
   */
  #refused(pending: Pending): number {
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

  pending(): Pending {
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
