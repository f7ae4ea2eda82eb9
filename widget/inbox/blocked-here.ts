import type { ReactiveControllerHost } from 'lit'
import type { PersonClient } from '../client/types.ts'
import { ClientFollower } from '../ui/client-follower.ts'

export interface BlockedHereWord {
  readonly reason: string
  readonly until?: number
}

/** Which shops take no messages of this customer, and why. The gateway pushes it when a block begins, changes or ends, and again on each new connection. */
export class BlockedHere extends ClientFollower {
  readonly #blocked = new Map<string, BlockedHereWord>()

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  in(conversation: string | undefined, now: number): BlockedHereWord | undefined {
    const word = conversation === undefined ? undefined : this.#blocked.get(conversation)
    return word?.until !== undefined && word.until <= now ? undefined : word
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('blockPush', ({ conversation, reason, until }) => {
        if (reason === undefined) this.#blocked.delete(conversation)
        else this.#blocked.set(conversation, { reason, ...(until === undefined ? {} : { until }) })
        this.update()
      }),
      client.connection.subscribe(({ name }) => {
        // blocks that ended meanwhile are not pushed, those in force are pushed again
        if (name === 'catching-up') this.forget()
      }),
    ]
  }

  protected override forget(): void {
    this.#blocked.clear()
  }

  protected override ask(): void {}
}
