/** An operator's backend that gets webhooks: it verifies each, records it in order, and answers as the test says. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Message } from '../../gateway/protocol/model.ts'

export const WEBHOOK_SECRET = 'the-secret-of-the-webhooks-in-tests'

export interface Delivered {
  readonly id: string
  readonly type: string
  readonly timestamp: string
  readonly data: { readonly conversation: string; readonly message?: Message } & Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly isSigned: boolean
}

export class WebhookConsumer {
  /** What it has taken. */
  readonly taken: Delivered[] = []
  /** Everything that came, also what it refused. */
  readonly arrived: Delivered[] = []
  /** The status of the answer; 2xx takes the event. */
  answering: (event: Delivered) => number = () => 204
  readonly #server: Server
  readonly #watchers = new Set<() => void>()

  static async start(port = 0): Promise<WebhookConsumer> {
    const consumer = new WebhookConsumer()
    await new Promise<void>((resolve) => consumer.#server.listen(port, '127.0.0.1', resolve))
    return consumer
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        const headers = request.headers as Record<string, string>
        const event: Delivered = { ...(JSON.parse(body) as Delivered), id: headers['webhook-id']!, headers, body, isSigned: isSigned(headers, body) }
        this.arrived.push(event)
        const status = this.answering(event)
        if (status < 300) this.taken.push(event)
        response.writeHead(status).end()
        for (const watcher of this.#watchers) watcher()
      })
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hooks`
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

  /** Waits until so many events were taken. */
  count(least: number): Promise<readonly Delivered[]> {
    return this.until(() => this.taken.length >= least && this.taken)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function isSigned(headers: Readonly<Record<string, string>>, body: string): boolean {
  const right = createHmac('sha256', WEBHOOK_SECRET).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest()
  const given = Buffer.from(headers['webhook-signature']!.split(' ')[0]!.slice('v1,'.length), 'base64')
  return given.length === right.length && timingSafeEqual(given, right)
}
