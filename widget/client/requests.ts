import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import { eventPacket } from '../../gateway/protocol/packet.ts'
import type { Clock } from './clock.ts'
import { RefusalError } from './refusal-error.ts'

interface Waiting {
  readonly resolve: (answer: never) => void
  readonly reject: (error: RefusalError) => void
  readonly stopTimer: () => void
}

/** Commands under way on one line: ack ids, time limits, refusals as `RefusalError`. */
export class Requests {
  readonly #clock: Clock
  readonly #send: (packet: string) => void
  readonly #waiting = new Map<string, Waiting>()
  #lastId = 0

  constructor(clock: Clock, send: (packet: string) => void) {
    this.#clock = clock
    this.#send = send
  }

  get count(): number {
    return this.#waiting.size
  }

  request<C extends Command>(command: C, input: CommandInput<C>, limitMs: number): Promise<CommandAnswer<C>> {
    const id = String(++this.#lastId)
    return new Promise((resolve, reject) => {
      const stopTimer = this.#clock.after(limitMs, () => this.#take(id)?.reject(new RefusalError({ code: 'timeout' })))
      this.#waiting.set(id, { resolve, reject, stopTimer })
      this.#send(eventPacket(command, [input], id))
    })
  }

  settle(id: string, answer: unknown): void {
    const waiting = this.#take(id)
    const { error } = (answer ?? { error: {} }) as { error?: Partial<WireRefusal> }
    if (error) waiting?.reject(new RefusalError(error))
    else waiting?.resolve(answer as never)
  }

  /** The line is gone: nothing more will be answered on it. */
  abandon(code: 'disconnected' | 'cut'): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(new RefusalError({ code }))
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.stopTimer()
    return waiting
  }
}
