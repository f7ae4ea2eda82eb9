/** A TCP proxy in front of a server, for network faults: bytes held or dropped, publishes lost, connections cut, per direction and connection. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { PublishFilter } from './publish-filter.ts'

/** `pass` on, `hold` until released, `drop` for ever while the connection stays open (half-open). */
export type Flow = 'pass' | 'hold' | 'drop'

export class ProxiedConnection {
  /** The last 100,000 bytes from the client. */
  said = ''
  readonly #sides: { readonly requests: Side; readonly replies: Side }

  constructor(client: Socket, server: Socket, isLost: (channel: string) => boolean) {
    const filter = new PublishFilter(isLost)
    this.#sides = { requests: new Side(server), replies: new Side(client) }
    client.on('data', (chunk: Buffer) => {
      this.said = (this.said + chunk.toString('latin1')).slice(-100_000)
      this.#sides.requests.take(chunk)
    })
    server.on('data', (chunk: Buffer) => this.#sides.replies.take(filter.take(chunk)))
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  }

  set(direction: 'requests' | 'replies', flow: Flow): void {
    this.#sides[direction].set(flow)
  }

  cut(): void {
    this.#sides.requests.to.destroy()
    this.#sides.replies.to.destroy()
  }
}

class Side {
  readonly to: Socket
  #flow: Flow = 'pass'
  #held: Buffer[] = []

  constructor(to: Socket) {
    this.to = to
  }

  take(chunk: Buffer): void {
    if (this.#flow === 'pass') this.to.write(chunk)
    else if (this.#flow === 'hold') this.#held.push(chunk)
  }

  set(flow: Flow): void {
    this.#flow = flow
    if (flow === 'hold') return
    const held = this.#held.splice(0)
    if (flow === 'pass') for (const chunk of held) this.to.write(chunk)
  }
}

export class RedisProxy {
  readonly #server: Server
  readonly #targetPort: number
  readonly #connections = new Set<ProxiedConnection>()
  readonly #flows: Record<'requests' | 'replies', Flow> = { requests: 'pass', replies: 'pass' }
  port = 0
  /** Channels whose publishes are lost in silence: they are sent, and reach no client. */
  isLost: (channel: string) => boolean = () => false

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
    this.#server = createServer((client) => this.#accept(client))
  }

  static async to(targetPort: number): Promise<RedisProxy> {
    const proxy = new RedisProxy(targetPort)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    proxy.port = (proxy.#server.address() as { port: number }).port
    return proxy
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** The connections whose client has sent `word`, such as EVALSHA; all without it. */
  connections(word = ''): ProxiedConnection[] {
    return [...this.#connections].filter(({ said }) => said.includes(word))
  }

  /** For all connections, also new ones. */
  set(direction: 'requests' | 'replies', flow: Flow): void {
    this.#flows[direction] = flow
    for (const connection of this.#connections) connection.set(direction, flow)
  }

  cut(word = ''): void {
    for (const connection of this.connections(word)) connection.cut()
  }

  async close(): Promise<void> {
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1')
    const connection = new ProxiedConnection(client, server, (channel) => this.isLost(channel))
    connection.set('requests', this.#flows.requests)
    connection.set('replies', this.#flows.replies)
    this.#connections.add(connection)
    client.once('close', () => this.#connections.delete(connection))
  }
}
