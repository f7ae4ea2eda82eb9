import WebSocket from 'ws'

/** A bare WebSocket, and what came over it in order. */
export class EnginePipe {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly came: (string | Buffer)[] = []
  #wake = (): void => undefined

  constructor(url: string) {
    this.socket = new WebSocket(url)
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.came.push(isBinary ? data : data.toString())
      this.#wake()
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
  }

  async next(): Promise<string | Buffer> {
    while (this.came.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.came.shift()!
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data)
  }
}
