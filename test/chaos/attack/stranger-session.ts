import { once } from 'node:events'
import type { Socket } from 'node:net'
import WebSocket from 'ws'

/** The code of a refusal in an ack, a push or a CONNECT_ERROR. */
const CODE = /"code":"(\w+)"/
/** How many characters of an answer are read. */
const HEAD_LENGTH = 400

/** Who opens a session: its address, and `noteOutcome`, which counts each outcome. */
export interface SessionOwner {
  readonly url: string
  readonly localAddress: string | undefined
  noteOutcome(what: string): void
}

/**
 * A session at the WebSocket door that obeys no rule: it sends texts as they are and reads only the codes of what comes back.
 */
export class StrangerSession {
  readonly #stranger: SessionOwner
  readonly #socket: WebSocket
  readonly #asked = new Map<number, (text: string) => void>()
  #nextId = 1
  #onText: ((text: string) => void) | undefined

  private constructor(stranger: SessionOwner) {
    this.#stranger = stranger
    const { localAddress } = stranger
    this.#socket = new WebSocket(`${stranger.url.replace('http', 'ws')}/ws`, {
      perMessageDeflate: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    this.#socket.on('error', () => undefined) // `close` follows and is counted
    this.#socket.on('message', (data: Buffer) => this.#take(data.toString()))
    this.#socket.on('close', (code) => {
      stranger.noteOutcome(`closed ${code}`)
      for (const answer of this.#asked.values()) answer('')
      this.#asked.clear()
      this.#onText?.('')
    })
  }

  static async open(stranger: SessionOwner): Promise<StrangerSession> {
    const session = new StrangerSession(stranger)
    const socket = session.#socket
    await Promise.race([once(socket, 'open'), once(socket, 'close')])
    if (socket.readyState !== WebSocket.OPEN) throw new Error('no connection')
    return session
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** Bytes that this machine has not sent yet. */
  get backlog(): number {
    return this.#socket.bufferedAmount
  }

  get network(): Socket {
    return (this.#socket as unknown as { _socket: Socket })._socket
  }

  send(text: string | Buffer): void {
    if (this.isOpen) this.#socket.send(text)
  }

  /** Sends part of a message, the last part where `fin`. */
  sendFragment(text: string, fin: boolean): void {
    if (this.isOpen) this.#socket.send(text, { fin })
  }

  ping(): void {
    if (this.isOpen) this.#socket.ping('x'.repeat(125))
  }

  /** Resolves with the answer to a hello, '' where the session ended. */
  async hello(data: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = this.nextText()
    this.send(`0${JSON.stringify({ v: 1, ...data })}`)
    const text = await answer
    if (!text.startsWith('0')) throw new Error('hello refused')
    return text
  }

  /** Resolves with the next text from the gateway. */
  nextText(): Promise<string> {
    return new Promise((resolve) => {
      this.#onText = resolve
    })
  }

  /** `input` is JSON or an invalid imitation of it. Resolves with the answer's text, '' where the session ended. */
  ask(command: string, input: string): Promise<string> {
    if (!this.isOpen) return Promise.resolve('')
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#asked.set(id, resolve)
      this.#socket.send(`2${id}["${command}",${input}]`)
    })
  }

  close(): void {
    this.#socket.close()
  }

  #take(text: string): void {
    const head = text.slice(0, HEAD_LENGTH)
    this.#onText?.(text)
    this.#onText = undefined
    if (head.startsWith('3')) return this.#answer(head, text)
    const code = CODE.exec(head)?.[1]
    if (head.startsWith('2["byePush"')) this.#stranger.noteOutcome(`bye ${code}`)
    else if (head.startsWith('4') || head.startsWith('2["refusalPush"')) this.#stranger.noteOutcome(code ?? 'refused')
    else if (head.startsWith('0')) this.#stranger.noteOutcome('welcome')
  }

  #answer(head: string, text: string): void {
    const [, id, error] = /^3(\d+)\[\{"(error)?/.exec(head) ?? []
    this.#stranger.noteOutcome(error === undefined ? 'ok' : (CODE.exec(head)?.[1] ?? 'refused'))
    this.#asked.get(Number(id))?.(text)
    this.#asked.delete(Number(id))
  }
}
