import { setTimeout as wait } from 'node:timers/promises'
import type { Resumed } from '../../gateway/protocol/commands.ts'
import { conversationId } from '../../gateway/protocol/keys.ts'
import type { Message } from '../../gateway/protocol/model.ts'
import { SessionEnded, RawSession } from '../kit/raw-session.ts'

/** The pause between two attempts to connect. */
const RETRY_MS = 50

export interface PeerOptions {
  readonly name: string
  readonly to: string
  readonly token: string
  readonly url: () => string
  /** How many messages may be unanswered at once. */
  readonly window: number
  /** Whether to write one more; called each time the window has room. */
  readonly more: () => boolean
  readonly onAcknowledged: () => void
}

/**
 * Writes to one other peer while its sessions keep breaking. What is not acknowledged when a session ends is sent again in the
 * next, first, in the same order and under the same client ids. It also reads, and knows what it has seen.
 */
export class Peer {
  readonly name: string
  readonly conversation: string
  /** Client ids in the order of writing, and the seq of each acknowledged one. */
  readonly written: string[] = []
  readonly acknowledged = new Map<string, number>()
  readonly refusals: string[] = []
  sessionCount = 0
  resentCount = 0
  /** Resent messages that were already stored. */
  duplicateCount = 0
  /** seq → client id of everything acknowledged, pushed or read. */
  readonly #seen = new Map<number, string>()
  /** Every seq up to here has been seen. */
  #complete = 0
  #epoch = ''
  readonly #options: PeerOptions
  #session: RawSession | undefined
  #firstUnanswered = 0

  constructor(options: PeerOptions) {
    this.#options = options
    this.name = options.name
    this.conversation = conversationId(options.name, options.to)
  }

  /** Resolves when everything is written and acknowledged; stays connected. */
  async run(): Promise<void> {
    for (;;) {
      const session = (this.#session ??= await this.#connect())
      try {
        if (await this.#writeOn(session)) return
      } catch (error) {
        if (!(error instanceof SessionEnded)) throw error
      }
      await session.close()
      this.#session = undefined
    }
  }

  /** Reads up to `head`; resolves with how many messages are still unseen then. */
  async unseen(head: number): Promise<number> {
    while (this.#complete < head) {
      const session = (this.#session ??= await this.#connect())
      try {
        const before = this.#complete
        await this.#readOn(session)
        if (this.#complete === before) break
      } catch (error) {
        if (!(error instanceof SessionEnded)) throw error
        this.#session = undefined
      }
    }
    return Array.from({ length: head }, (_, i) => i + 1).filter((seq) => !this.#seen.has(seq)).length
  }

  async log(): Promise<Message[]> {
    const session = (this.#session ??= await this.#connect())
    const log: Message[] = []
    for (;;) {
      const answer = await session.ask('history', { conversation: this.conversation, after: log.length, limit: 100 })
      if ('error' in answer) throw new Error(`history: ${answer.error.message}`)
      log.push(...answer.messages)
      if (!answer.more) return log
    }
  }

  async close(): Promise<void> {
    await this.#session?.close()
  }

  async #connect(): Promise<RawSession> {
    const { name, to, token, url } = this.#options
    for (;;) {
      const last = this.#seen.get(this.#complete)
      const cursors = last === undefined ? [] : [[this.conversation, this.#epoch, this.#complete, last]]
      try {
        const { session, welcome } = await RawSession.open(url(), { token, device: name, to, v: 1, resume: { cursors } }, this.#onPush)
        this.sessionCount++
        for (const resumed of welcome.resumed) await this.#resume(session, resumed)
        return session
      } catch {
        await wait(RETRY_MS)
      }
    }
  }

  async #resume(session: RawSession, { conversation, status, head }: Resumed): Promise<void> {
    if (conversation !== this.conversation) return
    if (status === 'diverged') this.refusals.push('diverged')
    this.#epoch = head.epoch
    if (status === 'reload') await this.#readOn(session)
  }

  async #readOn(session: RawSession): Promise<void> {
    for (;;) {
      const answer = await session.ask('history', { conversation: this.conversation, after: this.#complete, limit: 100 })
      if ('error' in answer) throw new Error(`history: ${answer.error.message}`)
      for (const message of answer.messages) this.#see(message.seq, message.id)
      if (!answer.more) return
    }
  }

  /** Sends unanswered messages again, then new ones; false when the session must be closed first. */
  async #writeOn(session: RawSession): Promise<boolean> {
    const { window, more } = this.#options
    const answers: Promise<boolean>[] = []
    this.resentCount += this.written.length - this.#firstUnanswered
    for (let next = this.#firstUnanswered; ; next++) {
      if (next === this.written.length) {
        if (!more()) break
        this.written.push(`${this.name}-${next + 1}`)
      }
      const answer = this.#write(session, next)
      // Awaited below, one by one; a rejection before that is not unhandled.
      answer.catch(() => undefined)
      answers.push(answer)
      if (answers.length >= window && !(await answers.shift())) return false
    }
    return (await Promise.all(answers)).every(Boolean)
  }

  /** False where the gateway refused: then this message and all later ones must be sent again, in order. */
  async #write(session: RawSession, index: number): Promise<boolean> {
    const id = this.written[index]!
    const answer = await session.ask('send', { to: this.#options.to, id, kind: 'text', body: { text: `${id} ${'x'.repeat(80)}` } })
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
