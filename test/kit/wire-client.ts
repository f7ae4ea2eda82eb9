/** A client for tests of the doors: it connects to one door, sends packets and records what it receives. It never retries. */
import { Socket as EngineSocket } from 'engine.io-client'
import WebSocket from 'ws'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput, Welcome } from '../../gateway/protocol/commands.ts'
import { decodePacket, encodePacket, type InvalidPacket, type Packet } from '../../gateway/protocol/packet.ts'
import type { Push, PushData } from '../../gateway/protocol/pushes.ts'

export type Transport = 'ws' | 'engine.io websocket' | 'engine.io polling'
export const TRANSPORTS: readonly Transport[] = ['ws', 'engine.io websocket', 'engine.io polling']

interface Wire {
  send(data: string | Buffer): void
  /** Closes the connection as a closed page does. */
  close(): void
}

/** Opens a connection of another kind than the real doors. */
export type OpenWire = (events: Events) => Wire

interface Events {
  onOpen(): void
  onText(text: string): void
  onClosed(code: number | undefined): void
}

export class WireClient {
  readonly received: (Packet | InvalidPacket)[] = []
  /** The close code (WebSocket door), or undefined. */
  closeCode: number | undefined
  isClosed = false
  readonly #wire: Wire
  readonly #opened: Promise<void>
  readonly #watchers = new Set<() => void>()
  #nextId = 1

  constructor(at: string | OpenWire, transport: Transport = 'ws', origin?: string) {
    const headers = origin === undefined ? {} : { origin }
    const { promise, resolve } = withResolver()
    this.#opened = promise
    const events: Events = {
      onOpen: resolve,
      onText: (text) => {
        this.received.push(decodePacket(text))
        this.#changed()
      },
      onClosed: (code) => {
        this.isClosed = true
        this.closeCode = code
        this.#changed()
      },
    }
    if (typeof at !== 'string') this.#wire = at(events)
    else this.#wire = transport === 'ws' ? openRaw(at, headers, events) : openEngine(at, { transport, headers }, events)
  }

  async open(): Promise<this> {
    await this.#opened
    return this
  }

  send(data: string | Buffer): void {
    this.#wire.send(data)
  }

  sendPacket(packet: Packet): void {
    this.send(encodePacket(packet))
  }

  close(): void {
    this.#wire.close()
  }

  /** Resolves with the first result of `find` that is neither undefined nor false; only the test's own time limit ends the wait. */
  until<T>(find: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find()
        if (found === undefined || found === false) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      look()
    })
  }

  async hello(data: Record<string, unknown>): Promise<Welcome> {
    this.sendPacket({ type: 'connect', data })
    const reply = await this.until(() => this.received.find(({ type }) => type === 'connect' || type === 'connectError'))
    if (reply.type !== 'connect') throw new Error(`refused: ${JSON.stringify(reply)}`)
    return reply.data as Welcome
  }

  /** Sends a hello that must be refused; resolves with the refusal. */
  async refusedHello(data: unknown): Promise<WireRefusal> {
    const before = this.#connectErrors().length
    this.send(data === undefined ? '0' : '0' + JSON.stringify(data))
    const error = await this.until(() => this.#connectErrors()[before])
    return { ...(error.data as WireRefusal), message: error.message }
  }

  /** The session's id, after its hello. */
  get sid(): string {
    const reply = this.received.find(({ type }) => type === 'connect') as { data: Welcome } | undefined
    return reply?.data.sid ?? ''
  }

  async ask(name: string, input: unknown): Promise<{ ok?: boolean; error?: WireRefusal }> {
    const id = this.#nextId++
    this.sendPacket({ type: 'event', name, args: [input], id })
    return (await this.ack(id)) as { ok?: boolean; error?: WireRefusal }
  }

  async ack(id: number): Promise<unknown> {
    const packet = await this.until(() => this.received.find((one) => one.type === 'ack' && one.id === id))
    return (packet as Extract<Packet, { type: 'ack' }>).args[0]
  }

  /** A command that must succeed. */
  async command<C extends Command>(name: C, input: CommandInput<C>): Promise<CommandAnswer<C>> {
    const answer = await this.ask(name, input)
    if (answer.error !== undefined) throw new Error(`${name} was refused: ${answer.error.message}`)
    return answer as CommandAnswer<C>
  }

  pushes<P extends Push>(name: P): PushData<P>[] {
    return this.received.flatMap((packet) => (packet.type === 'event' && packet.name === name ? [packet.args[0] as PushData<P>] : []))
  }

  /** Resolves with push number `index` of that name, from 0. */
  push<P extends Push>(name: P, index = 0): Promise<PushData<P>> {
    return this.until(() => this.pushes(name)[index])
  }

  closed(): Promise<true> {
    return this.until(() => this.isClosed || undefined)
  }

  #connectErrors() {
    return this.received.filter((packet) => packet.type === 'connectError')
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look()
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

function openRaw(url: string, headers: Record<string, string>, events: Events): Wire {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers })
  socket.on('open', () => events.onOpen())
  socket.on('message', (data: Buffer) => events.onText(data.toString()))
  socket.on('close', (code) => events.onClosed(code))
  socket.on('error', () => undefined)
  return { send: (data) => socket.send(data), close: () => socket.close() }
}

function openEngine(url: string, { transport, headers }: { transport: Transport; headers: Record<string, string> }, events: Events): Wire {
  const transports = [transport === 'engine.io polling' ? 'polling' : 'websocket']
  const socket = new EngineSocket(url, { path: '/im/', transports, upgrade: false, extraHeaders: headers })
  socket.on('open', () => events.onOpen())
  socket.on('message', (data) => events.onText(String(data)))
  socket.on('close', () => events.onClosed(undefined))
  return { send: (data) => void socket.send(data), close: () => void socket.close() }
}
