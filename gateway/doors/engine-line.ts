/** An engine.io session as a line: its messages are packets. */
import type { EventEmitter } from 'node:events'
import type { Socket } from 'engine.io'
import type { Arrival } from './admit/trusted-proxies.ts'
import { FLOOD } from './engine-io.ts'
import { Line } from './line.ts'
import type { Outgoing } from './outgoing.ts'
import { Pending } from './pending.ts'
import type { Pipe } from './pipe.ts'
import type { Reception } from './reception.ts'

/** What may wait even for a second. */
const GATHERED_BYTES = 8_388_608

export function openEngineLine(socket: Socket, reception: Reception): void {
  const pipe = new EnginePipe(socket, reception.admit.proxies.arrival(socket.request))
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
  readonly #pending = new Pending((pending) => this.#refused(pending))

  constructor(socket: Socket, { origin, host, scheme, address }: Arrival) {
    this.#socket = socket
    this.origin = origin
    this.host = host
    this.scheme = scheme
    this.address = address
  }

  send(outgoing: Outgoing, isPush: boolean): void {
    if (this.#socket.readyState !== 'open') return
    this.#pending.add(outgoing.bytes.length, isPush)
    if (this.#socket.transport.name === 'websocket') {
      // the shared frame is written as it is; a text would only be made to be thrown away
      const options = { compress: false, wsPreEncodedFrame: outgoing.engineFrame }
      this.#socket.send('', options, this.#pending.take)
    } else {
      this.#socket.send(outgoing.text, { compress: true }, this.#pending.take)
    }
  }

  /**
   * On a WebSocket what the kernel refused. What the engine itself keeps back is the reader's fault only once it has had the time to
   * take it: the engine writes nothing more before the turn ends, and to a poll nothing more before the next one comes.
   */
  #refused(pending: Pending): number {
    const { socket } = this.#socket.transport as unknown as { readonly socket?: { readonly _socket?: { readonly writableLength: number } } }
    return Math.max(socket?._socket?.writableLength ?? 0, pending.overdueBytes, pending.gatheredBytes - GATHERED_BYTES)
  }

  pending(): Pending {
    return this.#pending
  }

  onceEmpty(listener: () => void): void {
    this.#pending.onceEmpty(listener)
  }

  /** Not within the packet's own handling: a long-polling request that brought it would be torn before its answer. */
  close(): void {
    setImmediate(() => this.#socket.close())
  }

  closed(): void {
    this.#pending.clear()
  }
}
