import type { Socket } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import WebSocket from 'ws'
import { decodePacket, type Packet } from '../../gateway/protocol/packet.ts'

export const SOCKETS = ['ws', 'engine.io websocket'] as const

/** The data of all events of that name. */
export const eventNamed = (packets: readonly string[], name: string): unknown[] =>
  packets.flatMap((packet) => {
    const decoded = decodePacket(packet) as Packet
    return decoded.type === 'event' && decoded.name === name ? [decoded.args[0]] : []
  })

/** A WebSocket client that can stop reading from its network. Ends with its test. */
export class PausableClient {
  readonly packets: string[] = []
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #prefix: string

  constructor(url: string, transport: (typeof SOCKETS)[number], hello: object) {
    this.#prefix = transport === 'ws' ? '' : '4'
    this.#socket = new WebSocket(url.replace('http', 'ws') + (transport === 'ws' ? '/ws' : '/im/?EIO=4&transport=websocket'))
    onTestFinished(() => this.#socket.terminate())
    this.#socket.on('open', () => this.send(`0${JSON.stringify(hello)}`))
    this.#socket.on('message', (data: Buffer) => {
      const message = data.toString()
      if (message.startsWith(this.#prefix)) this.packets.push(message.slice(this.#prefix.length))
    })
    this.#socket.on('error', () => undefined) // `close` follows
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve))
  }

  /** The client's own port. */
  get port(): number | undefined {
    return (this.#socket as unknown as { readonly _socket?: Socket })._socket?.localPort
  }

  welcomed(): Promise<unknown> {
    return vi.waitUntil(() => this.packets.some((packet) => packet.startsWith('0{"sid"')), { timeout: 30_000 })
  }

  readonly send = (packet: string): void => this.#socket.send(this.#prefix + packet)

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }
}
