import type { Command, CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import { eventPacket } from '../../gateway/protocol/packet.ts'
import { plainJson } from './plain-json.ts'
import type { Clock } from './clock.ts'
import { answerFrom, refusalFrom, type Checks } from './incoming.ts'
import { RefusalError } from './refusal-error.ts'

/** Final: asking again would bring the same. */
const UNREADABLE = { code: 'internal', message: 'The answer cannot be read.', retry: false } as const

interface Waiting {
  readonly command: Command
  readonly resolve: (answer: never) => void
  readonly reject: (error: RefusalError) => void
  readonly stopTimer: () => void
}

/** Unanswered commands of one attempt: ack ids, time limits, refusals as `RefusalError`. */
export class Requests {
  readonly #clock: Clock
  readonly #checks: Checks
  readonly #send: (packet: string) => void
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor(clock: Clock, checks: Checks, send: (packet: string) => void) {
    this.#clock = clock
    this.#checks = checks
    this.#send = send
  }

  get count(): number {
    return this.#waiting.size
  }

  request<C extends Command>(command: C, input: CommandInput<C>, limitMs: number): Promise<CommandAnswer<C>> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const stopTimer = this.#clock.after(limitMs, () => this.#take(id)?.reject(new RefusalError({ code: 'timeout' })))
      this.#waiting.set(id, { command, resolve, reject, stopTimer })
      this.#send(plainJson(() => eventPacket(command, [input], id)))
    })
  }

  onAnswer(id: number, answer: unknown): void {
    const waiting = this.#take(id)
    if (!waiting) return
    const { error } = Object(answer) as { error?: unknown }
    const checked = error ? undefined : answerFrom(this.#checks, waiting.command, answer)
    if (checked) waiting.resolve(checked as never)
    else waiting.reject(new RefusalError(error ? refusalFrom(error) : UNREADABLE))
  }

  /** The attempt has ended: rejects all of them. */
  abandon(code: 'disconnected' | 'cut'): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(new RefusalError({ code }))
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.stopTimer()
    return waiting
  }
}
