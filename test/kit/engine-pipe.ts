import WebSocket from 'ws'

/** A bare WebSocket with the messages it received, in order. */
export class EnginePipe {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly received: (string | Buffer)[] = []
  #wake = (): void => undefined

  constructor(url: string) {
    this.socket = new WebSocket(url)
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.received.push(isBinary ? data : data.toString())
      this.#wake()
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
  }

  async next(): Promise<string | Buffer> {
    while (this.received.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.received.shift()!
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data)
  }
}
