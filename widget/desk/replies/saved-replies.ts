import type { ReactiveControllerHost } from 'lit'
import type { QuickReply } from '../../../gateway/protocol/model.ts'
import { RefusalError } from '../../client/refusal-error.ts'
import type { PersonClient } from '../../client/types.ts'
import { ClientFollower } from '../../ui/client-follower.ts'

const PAUSE_MS = 250

/** The quick replies that the gateway stores: the shop's and the agent's own. */
export class SavedReplies extends ClientFollower {
  #replies: readonly QuickReply[] = []
  #leftCount = 0

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  get replies(): readonly QuickReply[] {
    return this.#replies
  }

  /** How many replies of the running import are still to be saved. */
  get leftCount(): number {
    return this.#leftCount
  }

  /** Shows the reply once the gateway has stored it; rejects with the refusal. A changed scope makes a new reply: the old one is deleted last. */
  async save(quickReply: QuickReply, before?: QuickReply, client = this.client!): Promise<void> {
    await client.request('saveQuickReply', { quickReply })
    if (client === this.client) this.#put(quickReply)
    if (before && before.scope !== quickReply.scope) await this.remove(before, client)
  }

  async remove({ id, scope }: QuickReply, client = this.client!): Promise<void> {
    await client.request('deleteQuickReply', { id, scope })
    if (client !== this.client) return
    this.#replies = this.#replies.filter((each) => each.id !== id || each.scope !== scope)
    this.update()
  }

  /** Saves one after the other, as fast as the gateway takes them, and only while the same agent is here. */
  async import(quickReplies: readonly QuickReply[]): Promise<void> {
    const client = this.client!
    this.#leftCount = quickReplies.length
    try {
      for (const reply of quickReplies) {
        await this.#insist(reply, client)
        this.#leftCount--
        this.update()
      }
    } finally {
      this.#leftCount = 0
      this.update()
    }
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('quickRepliesPush', () => {
        if (this.#leftCount === 0) this.ask()
      }),
    ]
  }

  protected override forget(): void {
    this.#replies = []
  }

  protected override ask(): void {
    this.client?.request('quickReplies', {}).then(({ quickReplies }) => {
      this.#replies = quickReplies
      this.update()
    }, this.askLater)
  }

  async #insist(reply: QuickReply, client: PersonClient): Promise<void> {
    for (;;) {
      try {
        return await this.save(reply, undefined, client)
      } catch (error) {
        if (!(error instanceof RefusalError) || error.code !== 'rate_limited') throw error
        await new Promise((done) => setTimeout(done, error.afterMs ?? PAUSE_MS))
      }
    }
  }

  #put(reply: QuickReply): void {
    this.#replies = [...this.#replies.filter(({ id, scope }) => id !== reply.id || scope !== reply.scope), reply]
    this.update()
  }
}
