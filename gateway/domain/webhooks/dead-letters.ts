/**
 * Events that a consumer has refused for days while it took others. They can be listed and sent again. The letter of a message has only its number:
 * the text is read from the log again, so that what was withdrawn or erased meanwhile is not sent.
 */
import type { Store } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import { Refusal } from '../refusal.ts'
import type { WebhookEvent, WebhookTarget } from './webhook-target.ts'

/** Above it the oldest are deleted. */
const LETTER_COUNT = 1000
/** Dead letters in one answer of `list`. */
const LIST_COUNT = 100

const COLLECTION = 'webhooks/dead'

export interface DeadLetter {
  readonly id: string
  /** The webhook's address. */
  readonly webhook: string
  readonly type: string
  readonly conversation: string
  /** The message's number, where it is about one. */
  readonly seq?: number
  /** When it happened, since when it failed, and when it was given up; ms since the epoch. */
  readonly at: number
  readonly failingSince: number
  readonly givenUpAt: number
  readonly reason: string
}

interface Stored {
  readonly letter: DeadLetter
  /** The webhook's id. */
  readonly target: string
  /** Without the message. */
  readonly event: WebhookEvent
}

interface Failed {
  readonly target: WebhookTarget
  readonly event: WebhookEvent
  readonly reason: string
  readonly failingSince: number
}

/** Letters of conversations that are erased. Also where no webhook is set any more. */
export async function removeDeadLetters(records: Records, isErased: (conversation: string) => boolean, now: number): Promise<void> {
  for (const { key, value } of await records.items(COLLECTION, now)) {
    const { letter } = JSON.parse(value) as Stored
    if (isErased(letter.conversation)) await records.remove({ collection: COLLECTION, key, now })
  }
}

export class DeadLetters {
  readonly #records: Records
  readonly #store: Pick<Store, 'read'>
  readonly #targets: readonly WebhookTarget[]
  readonly #now: () => number

  constructor(options: { records: Records; store: Pick<Store, 'read'>; targets: readonly WebhookTarget[]; now: () => number }) {
    this.#records = options.records
    this.#store = options.store
    this.#targets = options.targets
    this.#now = options.now
  }

  async add({ target, event, reason, failingSince }: Failed): Promise<void> {
    const now = this.#now()
    const { message, ...data } = event.data
    const id = `${target.id} ${event.key}`
    const letter: DeadLetter = {
      id,
      webhook: target.address,
      type: event.type,
      conversation: data.conversation,
      ...(message === undefined ? undefined : { seq: message.seq }),
      at: event.at,
      failingSince,
      givenUpAt: now,
      reason,
    }
    const stored: Stored = { letter, target: target.id, event: { ...event, data } }
    const all = await this.#all()
    for (const oldest of all.slice(LETTER_COUNT - 1)) await this.#remove(oldest.letter.id)
    await this.#records.put({ collection: COLLECTION, key: id, value: JSON.stringify(stored), now })
  }

  /** The latest. */
  async list(): Promise<{ deadLetters: DeadLetter[]; more?: true }> {
    const all = await this.#all()
    const deadLetters = all.slice(0, LIST_COUNT).map(({ letter }) => letter)
    return all.length > LIST_COUNT ? { deadLetters, more: true } : { deadLetters }
  }

  /** Sends it once more, and forgets it if it is taken, or if the log does not have it any more. `reason`: why it was not taken. */
  async resend(id: string): Promise<{ isDelivered: boolean; reason?: string }> {
    const stored = (await this.#all()).find(({ letter }) => letter.id === id)
    const target = this.#targets.find((each) => each.id === stored?.target)
    if (stored === undefined) throw new Refusal('conflict', 'there is no such dead letter')
    if (target === undefined) throw new Refusal('conflict', 'WEBHOOK_URL does not name its address any more')
    const event = await this.#whole(stored)
    const reason = event === undefined ? undefined : await target.send(event)
    if (reason !== undefined) return { isDelivered: false, reason }
    await this.#remove(id)
    return event === undefined ? { isDelivered: false, reason: 'The log does not have this message any more.' } : { isDelivered: true }
  }

  /** Undefined where the log does not have the message any more. */
  async #whole({ event, letter: { conversation, seq } }: Stored): Promise<WebhookEvent | undefined> {
    if (seq === undefined) return event
    const [message] = (await this.#store.read(conversation, { after: seq - 1, limit: 1 })).messages
    return message?.seq === seq ? { ...event, data: { ...event.data, message } } : undefined
  }

  /** The latest first. */
  async #all(): Promise<Stored[]> {
    const items = await this.#records.items(COLLECTION, this.#now())
    return items.map(({ value }) => JSON.parse(value) as Stored).sort((a, b) => b.letter.givenUpAt - a.letter.givenUpAt)
  }

  async #remove(id: string): Promise<void> {
    await this.#records.remove({ collection: COLLECTION, key: id, now: this.#now() })
  }
}
