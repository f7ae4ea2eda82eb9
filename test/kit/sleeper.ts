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

/** A client over a WebSocket that can stop taking bytes from its network. Ends with its test. */
export class Sleeper {
  readonly packets: string[] = []
  /** With the close code. */
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #prefix: string

  constructor(url: string, way: (typeof SOCKETS)[number], hello: object) {
    this.#prefix = way === 'ws' ? '' : '4'
    this.#socket = new WebSocket(url.replace('http', 'ws') + (way === 'ws' ? '/ws' : '/im/?EIO=4&transport=websocket'))
    onTestFinished(() => this.#socket.terminate())
    this.#socket.on('open', () => this.send(`0${JSON.stringify(hello)}`))
    this.#socket.on('message', (data: Buffer) => {
      const message = data.toString()
      if (message.startsWith(this.#prefix)) this.packets.push(message.slice(this.#prefix.length))
    })
    this.#socket.on('error', () => undefined) // a reset: `closed` tells
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve))
  }

  /** Of this end. */
  get port(): number | undefined {
    return (this.#socket as unknown as { readonly _socket?: Socket })._socket?.localPort
  }

  welcomed(): Promise<unknown> {
    return vi.waitUntil(() => this.packets.some((packet) => packet.startsWith('0{"sid"')), { timeout: 30_000 })
  }

  readonly send = (packet: string): void => this.#socket.send(this.#prefix + packet)

  sleep(): void {
    this.#socket.pause()
  }

  wake(): void {
    this.#socket.resume()
  }
}
