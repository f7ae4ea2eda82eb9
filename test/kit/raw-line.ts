import WebSocket from 'ws'
import type { Command, CommandAnswer, CommandInput, Welcome } from '../../gateway/protocol/commands.ts'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import { decodePacket, encodePacket, type Packet } from '../../gateway/protocol/packet.ts'

export type Answer<C extends Command> = CommandAnswer<C> | { readonly error: WireRefusal }
export type OnPush = (name: string, data: unknown) => void

/** The line ended before the answer came: whether the command was carried out is not known. */
export class LineEnded extends Error {
  override readonly name = 'LineEnded'
}

/**
 * One line over the raw door, made for load: acks by id, pushes to one listener, nothing kept, nothing tried again.
 * It ends once, for whatever reason; then `ended` resolves and everything unanswered rejects with `LineEnded`.
 */
export class RawLine {
  readonly ended: Promise<void>
  readonly #socket: WebSocket
  readonly #onPush: OnPush
  readonly #asked = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  #nextId = 1
  #welcomed: { resolve(welcome: Welcome): void; reject(error: Error): void } | undefined

  private constructor(url: string, onPush: OnPush) {
    this.#onPush = onPush
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false })
    this.#socket.on('message', (data: Buffer) => this.#take(data.toString()))
    this.#socket.on('error', () => undefined)
    this.ended = new Promise((resolve) =>
      this.#socket.once('close', () => {
        this.#fail(new LineEnded('The line ended.'))
        resolve()
      }),
    )
  }

  /** Resolves after the welcome, rejects where there is none. */
  static async open(url: string, hello: Record<string, unknown>, onPush: OnPush): Promise<{ line: RawLine; welcome: Welcome }> {
    const line = new RawLine(url, onPush)
    line.#socket.once('open', () => line.#socket.send(encodePacket({ type: 'connect', data: hello })))
    const welcome = await new Promise<Welcome>((resolve, reject) => {
      line.#welcomed = { resolve, reject }
    })
    return { line, welcome }
  }

  ask<C extends Command>(name: C, input: CommandInput<C>): Promise<Answer<C>> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return reject(new LineEnded('The line has ended.'))
      const id = this.#nextId++
      this.#asked.set(id, { resolve: (answer) => resolve(answer as Answer<C>), reject })
      this.#socket.send(encodePacket({ type: 'event', name, args: [input], id }))
    })
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.ended
  }

  #take(text: string): void {
    const packet = decodePacket(text)
    if (packet.type === 'event') this.#onPush(packet.name, packet.args[0])
    else if (packet.type === 'ack') this.#answer(packet)
    else if (packet.type === 'connect') this.#welcomed?.resolve(packet.data as Welcome)
    else if (packet.type === 'connectError') {
      this.#fail(new Error(packet.message))
      this.#socket.close()
    }
  }

  #answer({ id, args }: Extract<Packet, { type: 'ack' }>): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    asked?.resolve(args[0])
  }

  #fail(error: Error): void {
    this.#welcomed?.reject(error)
    for (const { reject } of this.#asked.values()) reject(error)
    this.#asked.clear()
  }
}
