import { FrameSocket } from './frame-socket.ts'

export interface Answer {
  readonly conversation: string
  readonly epoch: string
  readonly seq: number
}

/** One session at the WebSocket door that asks and awaits answers. It counts what is pushed and does not decode it. */
export class Caller {
  pushCount = 0
  pushBytes = 0
  readonly #socket: FrameSocket
  readonly #waiting = new Map<number, (answer: string) => void>()
  #nextId = 1

  private constructor(socket: FrameSocket) {
    this.#socket = socket
  }

  /** Resolves with the welcome. `hello`: what the hello has besides pass, device and version. */
  static async open(url: string, token: string, hello: Readonly<Record<string, unknown>> = {}): Promise<Caller> {
    let welcome = (): void => undefined
    let refuse: (reason: Error) => void = () => undefined
    const welcomed = new Promise<void>((resolve, reject) => {
      welcome = resolve
      refuse = reject
    })
    const socket = await FrameSocket.open(new URL('/ws', url), (bytes, start, end) => {
      const text = bytes.toString('latin1', start, end)
      if (text.startsWith('0')) welcome()
      else if (text.startsWith('4')) refuse(new Error(`Refused: ${text}`))
      else caller.#onText(text)
    })
    const caller = new Caller(socket)
    socket.send('0' + JSON.stringify({ token, device: 'bench', v: 1, ...hello }))
    await welcomed
    return caller
  }

  /** A refusal throws. */
  async ask(command: string, input: Readonly<Record<string, unknown>>): Promise<string> {
    const id = this.#nextId++
    const answer = await new Promise<string>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(`2${id}${JSON.stringify([command, input])}`)
    })
    if (!answer.startsWith('[{"ok":true')) throw new Error(`${command} was refused: ${answer}`)
    return answer
  }

  /** A message of 100 bytes. */
  async say(to: string): Promise<Answer> {
    const [answer] = JSON.parse(await this.ask('send', { to, id: `g${this.#nextId}`, kind: 'text', body: { text: 'x'.repeat(100) } })) as [Answer]
    return answer
  }

  close(): void {
    this.#socket.close()
  }

  #onText(text: string): void {
    if (!text.startsWith('3')) {
      this.pushCount++
      this.pushBytes += text.length
      return
    }
    const start = text.indexOf('[')
    const id = Number(text.slice(1, start))
    this.#waiting.get(id)?.(text.slice(start))
    this.#waiting.delete(id)
  }
}
