import type { Message } from '../../gateway/protocol/model.ts'
import type { Client } from '../../widget/client/types.ts'

/** A real client and its user: records what was written, what was shown, and how long the client was offline. */
export class Person {
  readonly name: string
  readonly to: string
  readonly client: Client
  /** Client ids, in order. */
  readonly written: string[] = []
  /** Client id → seq of every message that was shown. */
  readonly shown = new Map<string, number>()
  shownTwice = 0
  /** Ms from this person's writing to the other's screen. */
  readonly delays: number[] = []
  longestOfflineMs = 0
  wasRefused = false
  readonly #writtenAt = new Map<string, number>()
  #other: Person | undefined
  #lastSeq = 0
  /** Where the timeline has jumped to the newest page: the seq from which messages have to be loaded. */
  #holeFrom: number | undefined
  #offlineSince: number | undefined

  constructor(name: string, to: string, client: Client) {
    this.name = name
    this.to = to
    this.client = client
    client.connection.subscribe((state) => this.#onConnection(state.name))
    client.conversation(to).timeline.subscribe(({ messages }) => this.#look(messages))
    client.connect()
  }

  meet(other: Person): void {
    this.#other = other
  }

  write(): void {
    const id = this.client.conversation(this.to).send(`${this.name} ${this.written.length}`)!
    this.written.push(id)
    this.#writtenAt.set(id, performance.now())
  }

  async log(): Promise<Message[]> {
    const log: Message[] = []
    for (;;) {
      const { messages, more } = await this.client.request('history', { to: this.to, after: log.length, limit: 100 })
      log.push(...messages)
      if (!more) return log
    }
  }

  #onConnection(name: string): void {
    if (name === 'refused') this.wasRefused = true
    if (name === 'waiting') this.#offlineSince ??= performance.now()
    if (this.#offlineSince === undefined || (name !== 'catching-up' && name !== 'live')) return
    this.longestOfflineMs = Math.max(this.longestOfflineMs, performance.now() - this.#offlineSince)
    this.#offlineSince = undefined
  }

  /**
   * Only messages below all earlier ones are new; one that is inserted later stays out of `shown`, and the books count it.
   * When the timeline has jumped to the newest page, the person scrolls up to where it was.
   */
  #look(messages: readonly Message[]): void {
    const first = messages[0]?.seq ?? 1
    if (first > this.#lastSeq + 1) this.#holeFrom ??= this.#lastSeq + 1
    let at = messages.length
    while (at > 0 && messages[at - 1]!.seq > this.#lastSeq) at--
    for (const message of messages.slice(at)) this.#see(message)
    this.#lastSeq = Math.max(this.#lastSeq, messages.at(-1)?.seq ?? 0)
    if (this.#holeFrom !== undefined) this.#scrollUp(messages, this.#holeFrom)
  }

  #scrollUp(messages: readonly Message[], from: number): void {
    for (const message of messages) if (message.seq >= from && !this.shown.has(message.id)) this.#see(message)
    if (messages[0]!.seq > from) void this.client.conversation(this.to).loadOlder()
    else this.#holeFrom = undefined
  }

  #see({ id, seq, from }: Message): void {
    if (this.shown.has(id)) this.shownTwice++
    this.shown.set(id, seq)
    if (from !== this.name) this.#other?.wasShown(id)
  }

  wasShown(id: string): void {
    const at = this.#writtenAt.get(id)
    if (at !== undefined) this.delays.push(performance.now() - at)
    this.#writtenAt.delete(id)
  }
}
