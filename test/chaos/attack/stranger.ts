/**
 * An attacker with what anybody has: sockets, guests' passes, time. Runs in a process of its own and, on Linux, connects
 * from an address of its own, so that it shares neither CPU time nor rate limits with the healthy pair. Counts the outcomes it meets.
 */
import { once } from 'node:events'
import { request, type IncomingMessage, type RequestOptions } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { StrangerSession } from './stranger-session.ts'

export interface StrangerOptions {
  readonly url: string
  readonly secret: string
  /** Multiplies every count of an attack: 1 as in the table, less in a short version. */
  readonly scale: number
  readonly localAddress: string | undefined
}

export interface Reply {
  readonly status: number
  readonly text: string
}

export class Stranger {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly localAddress: string | undefined
  /** How often each outcome came: a status, a refusal code, a close. */
  readonly outcomes = new Map<string, number>()
  readonly #options: StrangerOptions
  #endsAt = Infinity

  constructor(options: StrangerOptions) {
    this.#options = options
    this.url = options.url
    this.host = new URL(options.url).hostname
    this.port = Number(new URL(options.url).port)
    this.localAddress = options.localAddress
  }

  endAfter(ms: number): void {
    this.#endsAt = performance.now() + ms
  }

  isOver(): boolean {
    return performance.now() >= this.#endsAt
  }

  /** At least one. */
  count(full: number): number {
    return Math.max(1, Math.round(full * this.#options.scale))
  }

  noteOutcome(what: string): void {
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1)
  }

  /** Repeats `act` until the attack ends, `width` at a time; an error of `act` is counted and does not end it. */
  async repeat(width: number, act: (worker: number) => Promise<unknown>): Promise<void> {
    await Promise.all(
      Array.from({ length: width }, async (_, worker) => {
        while (!this.isOver()) {
          try {
            await act(worker)
          } catch (error) {
            this.noteOutcome((error as NodeJS.ErrnoException).code ?? (error as Error).message)
            await wait(50)
          }
        }
      }),
    )
  }

  /** Resolves when the attack ends. */
  async stay(): Promise<void> {
    while (!this.isOver()) await wait(100)
  }

  async guest(): Promise<string> {
    const { status, text } = await this.ask('POST', '/v1/guests')
    if (status !== 200) throw new Error(`no guest's pass: ${status}`)
    return (JSON.parse(text) as { token: string }).token
  }

  /** As many guests' passes as the gateway gives one address, `most` at most. */
  async guests(most: number): Promise<string[]> {
    const tokens: string[] = []
    while (tokens.length < most) {
      try {
        tokens.push(await this.guest())
      } catch (error) {
        if (tokens.length === 0) throw error
        break
      }
    }
    return tokens
  }

  /** A pass signed with the operator's secret: for preparing an attack and for honest agents during it. */
  pass(claims: Readonly<Record<string, string>>): Promise<string> {
    return new SignJWT({ role: 'customer', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(this.#options.secret))
  }

  connection(): Promise<StrangerSession> {
    return StrangerSession.open(this)
  }

  /** A session after its hello. */
  async session(token: string, hello: Readonly<Record<string, unknown>> = {}): Promise<StrangerSession> {
    const session = await this.connection()
    await session.hello({ token, ...hello })
    return session
  }

  /** Sends one request, counts its outcome and resolves with the whole answer. */
  async ask(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: RequestOptions['headers']; body?: string | Buffer } = {},
  ): Promise<Reply> {
    const asked = request({ host: this.host, port: this.port, method, path, headers: headers ?? {}, ...this.#from(), agent: false })
    asked.end(body)
    const answered = once(asked, 'response')
    // a gateway that refuses a body early closes while we still write it: only the answer counts
    asked.on('error', () => undefined)
    const [response] = (await answered) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const status = response.statusCode ?? 0
    this.noteOutcome(status < 400 ? String(status) : `${status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`.trim())
    return { status, text }
  }

  /** A raw TCP connection; counts the status of what comes back, and `closed` at its end. */
  async socket(): Promise<Socket> {
    // an attacker does not close its side because the gateway closes
    const socket = connect({ host: this.host, port: this.port, allowHalfOpen: true, ...this.#from() })
    socket.on('error', () => undefined) // `close` follows and is counted
    socket.on('close', () => this.noteOutcome('closed'))
    socket.on('data', (data: Buffer) => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1]
      if (status !== undefined) this.noteOutcome(status)
    })
    await Promise.race([once(socket, 'connect'), once(socket, 'close')])
    return socket
  }

  #from(): { localAddress?: string } {
    return this.localAddress === undefined ? {} : { localAddress: this.localAddress }
  }
}
