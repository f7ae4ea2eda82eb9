import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answering = (response: ServerResponse, request: IncomingMessage) => void

export const json =
  (value: unknown, status = 200): Answering =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }

/** An operator's backend whose answers a test chooses; it records its requests. */
export class CustomerServer {
  readonly requests: { readonly path: string; readonly key: string | undefined }[] = []
  /** Answers every request from now on. */
  answering: Answering = json({})
  readonly #server: Server
  #withheld: (() => void)[] = []

  static async start(): Promise<CustomerServer> {
    const server = new CustomerServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push({ path: request.url ?? '', key: request.headers.authorization })
      this.answering(response, request)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Answers only when `release` is called. */
  withhold(answering: Answering): void {
    this.answering = (response, request) => this.#withheld.push(() => answering(response, request))
  }

  release(): void {
    for (const answer of this.#withheld.splice(0)) answer()
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
