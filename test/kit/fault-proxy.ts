import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/**
 * What the proxy does to a WebSocket upgrade:
 * pass · refuse: 400 · reset: reset before an answer · hang: no answer at all · mute: the gateway's 101, and then nothing in
 * either direction · strip: removes the upgrade headers, as some proxies do · a number: passes, and is
 * reset after so many ms.
 */
export type SocketFate = 'pass' | 'refuse' | 'reset' | 'hang' | 'mute' | 'strip' | number

/** One direction of a connection: each step runs after its delay, and never before the step ahead of it. */
class Lane {
  readonly #steps: { at: number; run: () => void }[] = []
  #timer: NodeJS.Timeout | undefined

  push(ms: number, run: () => void): void {
    if (!ms && !this.#steps.length) return run()
    this.#steps.push({ at: performance.now() + ms, run })
    this.#timer ??= setTimeout(() => this.#work(), ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#steps.length = 0
  }

  #work(): void {
    this.#timer = undefined
    while (this.#steps[0] && this.#steps[0].at <= performance.now()) this.#steps.shift()!.run()
    if (this.#steps[0]) this.#timer = setTimeout(() => this.#work(), this.#steps[0].at - performance.now())
  }
}

interface Link {
  readonly client: Socket
  readonly gateway: Socket
  readonly up: Lane
  readonly down: Lane
  isSocket: boolean
  isSilent: boolean
}

/**
 * A TCP proxy in front of a gateway with the faults of real networks, changeable while it runs, with real sockets on both sides.
 *
 *   const proxy = await openFaultProxy(gatewayPort)
 *   proxy.socketFate = 'mute'      for new connections
 *   proxy.delayMs = 200            one way; a new connection pays one round trip more, as a TCP handshake would
 *   proxy.isRefusing = true        new connections are reset, as if nothing listened
 *   proxy.dropsReplies = true      requests arrive, the gateway's answers vanish
 *   proxy.halfOpen()               present connections stay open and carry nothing any more
 *   proxy.freeze(), proxy.thaw()   stops reading from the gateway, whose socket buffer fills up; reads on
 *   proxy.cut()                    present connections are reset
 */
export class FaultProxy {
  socketFate: SocketFate = 'pass'
  delayMs = 0
  isRefusing = false
  dropsReplies = false
  /** Connections since the start, and how many of them asked for a WebSocket. */
  connectionCount = 0
  upgradeCount = 0
  readonly #server: Server
  readonly #links = new Set<Link>()
  #target: number
  #isFrozen = false

  constructor(target: number) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Open connections that asked for a WebSocket. */
  get openSocketCount(): number {
    return [...this.#links].filter(({ isSocket, client }) => isSocket && !client.destroyed).length
  }

  /** Sends new connections to another gateway. */
  retarget(port: number): void {
    this.#target = port
  }

  listen(): Promise<this> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve(this)))
  }

  cut(which: 'all' | 'sockets' = 'all'): void {
    for (const link of [...this.#links]) {
      if (which === 'all' || link.isSocket) link.client.resetAndDestroy()
    }
  }

  halfOpen(which: 'all' | 'sockets' = 'all'): void {
    for (const link of this.#links) if (which === 'all' || link.isSocket) link.isSilent = true
  }

  freeze(): void {
    this.#isFrozen = true
    for (const { gateway } of this.#links) gateway.pause()
  }

  thaw(): void {
    this.#isFrozen = false
    for (const { gateway } of this.#links) gateway.resume()
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.cut()
    await closed
  }

  #accept(client: Socket): void {
    this.connectionCount++
    client.on('error', () => {})
    if (this.isRefusing) return void client.resetAndDestroy()
    client.setNoDelay(true)
    const gateway = connect(this.#target, '127.0.0.1').setNoDelay(true)
    gateway.on('error', () => {})
    const link: Link = { client, gateway, up: new Lane(), down: new Lane(), isSocket: false, isSilent: false }
    this.#links.add(link)
    client.on('close', () => {
      this.#links.delete(link)
      link.up.stop()
      link.down.stop()
      gateway.destroy()
    })
    gateway.on('close', () => {
      if (!link.isSilent) link.down.push(this.delayMs, () => client.end())
    })
    const handshakeMs = 2 * this.delayMs
    let fate: SocketFate = 'pass'
    let head = true
    client.on('data', (chunk: Buffer) => {
      if (head && isUpgrade(chunk)) {
        link.isSocket = true
        this.upgradeCount++
        fate = this.socketFate
        this.#meet(link, fate)
        if (fate === 'strip') chunk = withoutUpgrade(chunk)
      }
      const extra = head ? handshakeMs : 0
      head = false
      if (link.isSilent || fate === 'refuse' || fate === 'reset' || fate === 'hang') return
      link.up.push(this.delayMs + extra, () => gateway.writable && gateway.write(chunk))
    })
    this.#answer(link, () => fate)
    if (this.#isFrozen) gateway.pause()
  }

  #answer(link: Link, fateOf: () => SocketFate): void {
    let isFirst = true
    link.gateway.on('data', (chunk: Buffer) => {
      if (link.isSilent || this.dropsReplies) return
      if (fateOf() === 'mute') {
        if (!isFirst) return
        chunk = chunk.subarray(0, chunk.indexOf('\r\n\r\n') + 4)
      }
      isFirst = false
      link.down.push(this.delayMs, () => link.client.writable && link.client.write(chunk))
    })
  }

  #meet({ client, down }: Link, fate: SocketFate): void {
    if (fate === 'reset') client.resetAndDestroy()
    if (fate === 'refuse') {
      down.push(3 * this.delayMs, () => client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'))
    }
    if (typeof fate === 'number') setTimeout(() => client.resetAndDestroy(), fate).unref()
  }
}

const isUpgrade = (chunk: Buffer): boolean => /^GET [^]*\r\nupgrade: *websocket/i.test(chunk.toString('latin1'))

const withoutUpgrade = (chunk: Buffer): Buffer => Buffer.from(chunk.toString('latin1').replace(/^(upgrade|connection):.*\r\n/gim, ''), 'latin1')

export const openFaultProxy = (target: number): Promise<FaultProxy> => new FaultProxy(target).listen()
