import type { ReactiveControllerHost } from 'lit'
import type { PersonClient } from '../../client/types.ts'
import { ClientFollower } from '../../ui/client-follower.ts'

const SHOW_MS = 6000

interface Colleague {
  readonly name: string
  readonly timer: ReturnType<typeof setTimeout>
}

/** Which colleague is writing in which conversation right now, so that a customer does not get two answers. */
export class Collision extends ClientFollower {
  readonly #writing = new Map<string, Colleague>()

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  in(conversation: string | undefined): string | undefined {
    return conversation === undefined ? undefined : this.#writing.get(conversation)?.name
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('typingPush', ({ conversation, from, name, on, side }) => {
        const me = client.identity.value
        if (side !== me?.side || from === me.id) return
        this.#stop(conversation)
        if (on) {
          this.#writing.set(conversation, { name: name ?? from, timer: setTimeout(() => this.#stop(conversation), SHOW_MS) })
        }
        this.update()
      }),
      client.onPush('messagePush', ({ conversation, side }) => {
        if (side === client.identity.value?.side) this.#stop(conversation)
      }),
      () => [...this.#writing.keys()].forEach((each) => this.#stop(each)),
    ]
  }

  protected override ask(): void {}

  #stop(conversation: string): void {
    const colleague = this.#writing.get(conversation)
    if (!colleague) return
    clearTimeout(colleague.timer)
    this.#writing.delete(conversation)
    this.update()
  }
}
