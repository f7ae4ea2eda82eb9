import { setTimeout as wait } from 'node:timers/promises'
import type { Resumed } from '../../gateway/protocol/commands.ts'
import { conversationId } from '../../gateway/protocol/keys.ts'
import type { Message } from '../../gateway/protocol/model.ts'
import { LineEnded, RawLine } from '../kit/raw-line.ts'

/** Between two attempts to connect. */
const RETRY_MS = 50

export interface PeerOptions {
  readonly name: string
  readonly to: string
  readonly token: string
  readonly url: () => string
  /** Messages on their way at once. */
  readonly window: number
  /** Whether there is one more to write; asked each time the window has room. */
  readonly more: () => boolean
  readonly onAcknowledged: () => void
}

/**
 * Writes to one other peer over a line that keeps breaking. What is not acknowledged when a line ends is sent again on the
 * next, first, in the same order and under the same client ids; and it reads along, so that it can say what it has seen.
 */
export class Peer {
  readonly name: string
  readonly conversation: string
  /** Client ids in the order of writing, and the seq of each acknowledged one. */
  readonly written: string[] = []
  readonly acknowledged = new Map<string, number>()
  readonly refusals: string[] = []
  lineCount = 0
  resentCount = 0
  /** Resent ones that had been stored the first time already. */
  duplicateCount = 0
  /** seq → client id of everything acknowledged, pushed or read. */
  readonly #seen = new Map<number, string>()
  /** Everything up to here has been seen. */
  #complete = 0
  #epoch = ''
  readonly #options: PeerOptions
  #line: RawLine | undefined
  #firstUnanswered = 0

  constructor(options: PeerOptions) {
    this.#options = options
    this.name = options.name
    this.conversation = conversationId(options.name, options.to)
  }

  /** Resolves when there is no more to write and all of it is acknowledged; stays connected. */
  async run(): Promise<void> {
    for (;;) {
      const line = (this.#line ??= await this.#connect())
      try {
        if (await this.#writeOn(line)) return
      } catch (error) {
        if (!(error instanceof LineEnded)) throw error
      }
      await line.close()
      this.#line = undefined
    }
  }

  /** Reads until everything up to `head` is seen; the number of those that are not then. */
  async unseen(head: number): Promise<number> {
    while (this.#complete < head) {
      const line = (this.#line ??= await this.#connect())
      try {
        const before = this.#complete
        await this.#readOn(line)
        if (this.#complete === before) break
      } catch (error) {
        if (!(error instanceof LineEnded)) throw error
        this.#line = undefined
      }
    }
    return Array.from({ length: head }, (_, i) => i + 1).filter((seq) => !this.#seen.has(seq)).length
  }

  async log(): Promise<Message[]> {
    const line = (this.#line ??= await this.#connect())
    const log: Message[] = []
    for (;;) {
      const answer = await line.ask('history', { conversation: this.conversation, after: log.length, limit: 100 })
      if ('error' in answer) throw new Error(`history: ${answer.error.message}`)
      log.push(...answer.messages)
      if (!answer.more) return log
    }
  }

  async close(): Promise<void> {
    await this.#line?.close()
  }

  async #connect(): Promise<RawLine> {
    const { name, to, token, url } = this.#options
    for (;;) {
      const last = this.#seen.get(this.#complete)
      const cursors = last === undefined ? [] : [[this.conversation, this.#epoch, this.#complete, last]]
      try {
        const { line, welcome } = await RawLine.open(url(), { token, device: name, to, v: 1, resume: { cursors } }, this.#onPush)
        this.lineCount++
        for (const resumed of welcome.resumed) await this.#resume(line, resumed)
        return line
      } catch {
        await wait(RETRY_MS)
      }
    }
  }

  async #resume(line: RawLine, { conversation, status, head }: Resumed): Promise<void> {
    if (conversation !== this.conversation) return
    if (status === 'diverged') this.refusals.push('diverged')
    this.#epoch = head.epoch
    if (status === 'reload') await this.#readOn(line)
  }

  async #readOn(line: RawLine): Promise<void> {
    for (;;) {
      const answer = await line.ask('history', { conversation: this.conversation, after: this.#complete, limit: 100 })
      if ('error' in answer) throw new Error(`history: ${answer.error.message}`)
      for (const message of answer.messages) this.#see(message.seq, message.id)
      if (!answer.more) return
    }
  }

  /** Sends what is unanswered again, then goes on; true when all is done, false when the line must be left. */
  async #writeOn(line: RawLine): Promise<boolean> {
    const { window, more } = this.#options
    const answers: Promise<boolean>[] = []
    this.resentCount += this.written.length - this.#firstUnanswered
    for (let next = this.#firstUnanswered; ; next++) {
      if (next === this.written.length) {
        if (!more()) break
        this.written.push(`${this.name}-${next + 1}`)
      }
      const answer = this.#write(line, next)
      // Awaited below, one by one; until then its failure is nobody's.
      answer.catch(() => undefined)
      answers.push(answer)
      if (answers.length >= window && !(await answers.shift())) return false
    }
    return (await Promise.all(answers)).every(Boolean)
  }

  /** False where the gateway said no: then everything from this one on has to go again, in order. */
  async #write(line: RawLine, index: number): Promise<boolean> {
    const id = this.written[index]!
    const answer = await line.ask('send', { to: this.#options.to, id, kind: 'text', body: { text: `${id} ${'x'.repeat(80)}` } })
    if ('error' in answer) {
      this.refusals.push(answer.error.code)
      return false
    }
    this.acknowledged.set(id, answer.seq)
    if (answer.duplicate) this.duplicateCount++
    this.#epoch = answer.epoch
    this.#see(answer.seq, id)
    while (this.acknowledged.has(this.written[this.#firstUnanswered] ?? '')) this.#firstUnanswered++
    this.#options.onAcknowledged()
    return true
  }

  readonly #onPush = (name: string, data: unknown): void => {
    if (name !== 'messagePush') return
    const { conversation, seq, id } = data as Message
    if (conversation === this.conversation) this.#see(seq, id)
  }

  #see(seq: number, id: string): void {
    this.#seen.set(seq, id)
    while (this.#seen.has(this.#complete + 1)) this.#complete++
  }
}
