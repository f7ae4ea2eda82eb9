import type { ReactiveControllerHost } from 'lit'
import type { PersonClient } from '../client/types.ts'
import { ClientFollower } from '../ui/client-follower.ts'

/** What the bar shows: the question, blocked, just unblocked, or a failure. */
export type BarState = 'ask' | 'blocked' | 'unblocked' | 'failed'

/** Whom this person has blocked, in any window, and what the bar shows for each. */
export class PersonBlocks extends ClientFollower {
  readonly #blocked = new Set<string>()
  #shown: { readonly to: string; readonly state: BarState } | undefined

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  /** Undefined: no bar; the person is not blocked. */
  of(to: string): BarState | undefined {
    if (this.#shown?.to === to && this.#shown.state !== 'blocked') return this.#shown.state
    return this.#blocked.has(to) ? 'blocked' : undefined
  }

  show(to: string, state: BarState | undefined): void {
    this.#shown = state && { to, state }
    this.update()
  }

  /** Asks the gateway; the bar shows its refusal. */
  async set(to: string, isBlocked: boolean): Promise<void> {
    const { client } = this
    let state: BarState = 'failed'
    try {
      await client?.request(isBlocked ? 'blockPerson' : 'unblockPerson', { to })
      state = isBlocked ? 'blocked' : 'unblocked'
    } catch {
      // the bar says it
    }
    if (client !== this.client) return
    if (state !== 'failed') this.#mark(to, isBlocked)
    this.show(to, state)
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('conversationPush', ({ to, blocking }) => {
        this.#mark(to, blocking === true)
        this.update()
      }),
    ]
  }

  protected override ask(): void {
    const { client } = this
    client?.request('blockedPersons', {}).then(({ blocked }) => {
      if (client !== this.client) return
      this.#blocked.clear()
      for (const { to } of blocked) this.#blocked.add(to)
      this.update()
    }, this.askLater)
  }

  protected override forget(): void {
    this.#blocked.clear()
    this.#shown = undefined
  }

  #mark(to: string, isBlocked: boolean): void {
    if (isBlocked) this.#blocked.add(to)
    else this.#blocked.delete(to)
  }
}
