import WebSocket from 'ws'
import type { Command, CommandAnswer, CommandInput, Welcome } from '../../gateway/protocol/commands.ts'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import { decodePacket, encodePacket, type Packet } from '../../gateway/protocol/packet.ts'

export type Answer<C extends Command> = CommandAnswer<C> | { readonly error: WireRefusal }
export type OnPush = (name: string, data: unknown) => void

/** The session ended before the answer came: the command may or may not have been carried out. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded'
}

/**
 * One session at the WebSocket door, made for load: acks by id, pushes to one listener, nothing stored, no retries.
 * When it ends, `ended` resolves and every unanswered command rejects with `SessionEnded`.
 */
export class RawSession {
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
        this.#fail(new SessionEnded('The session ended.'))
        resolve()
      }),
    )
  }

  /** Resolves after the welcome, rejects where there is none. */
  static async open(url: string, hello: Record<string, unknown>, onPush: OnPush): Promise<{ session: RawSession; welcome: Welcome }> {
    const session = new RawSession(url, onPush)
    session.#socket.once('open', () => session.#socket.send(encodePacket({ type: 'connect', data: hello })))
    const welcome = await new Promise<Welcome>((resolve, reject) => {
      session.#welcomed = { resolve, reject }
    })
    return { session, welcome }
  }

  ask<C extends Command>(name: C, input: CommandInput<C>): Promise<Answer<C>> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return reject(new SessionEnded('The session has ended.'))
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
