import { expect } from 'vitest'
import type { Appended, Backbone } from '../../../gateway/backbone/backbone.ts'
import type { Message } from '../../../gateway/protocol/model.ts'
import { newTalk, type Talk } from './laws/conversation.ts'
import { ClientFollower, readAll, surely } from './redis-follower.ts'

/** A log of some thousands of entries shows nothing that one of some hundreds does not. */
const PACE_MS = 3

/**
 * Senders on every node, each sending the next message when the last is acknowledged, as outboxes do; and one follower a node.
 * `end` stops it when all is acknowledged and shown, and gives what the log has and what each follower saw.
 */
export class Traffic {
  readonly talk: Talk
  readonly acknowledged: (Appended & { id: string })[] = []
  refusedCount = 0
  readonly #nodes: readonly Backbone[]
  #followers: ClientFollower[] = []
  #senders: Promise<void>[] = []
  #isEnding = false

  private constructor(nodes: readonly Backbone[], talk: Talk) {
    this.#nodes = nodes
    this.talk = talk
  }

  static async on(nodes: readonly Backbone[], talk: Talk = newTalk()): Promise<Traffic> {
    const traffic = new Traffic(nodes, talk)
    traffic.#followers = await Promise.all(nodes.map((node) => ClientFollower.on(node, traffic.talk.conversation)))
    traffic.#senders = nodes.flatMap((node, i) => [0, 1].map((j) => traffic.#send(node, `sender-${i}-${j}`)))
    return traffic
  }

  get gapCount(): number {
    return this.#followers.reduce((sum, { gapCount }) => sum + gapCount, 0)
  }

  /** Resolves when `count` more have been acknowledged. */
  async pass(count: number): Promise<void> {
    const goal = this.acknowledged.length + count
    while (this.acknowledged.length < goal) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  async end(): Promise<{ stored: Message[]; shown: Message[][] }> {
    this.#isEnding = true
    await Promise.all(this.#senders)
    const stored = await readAll(this.#nodes[0]!, this.talk.conversation)
    await Promise.all(this.#followers.map((follower) => follower.until(stored.length)))
    await Promise.all(this.#followers.map((follower) => follower.close()))
    return { stored, shown: this.#followers.map(({ shown }) => shown) }
  }

  async #send(node: Backbone, from: string): Promise<void> {
    for (let n = 1; !this.#isEnding; n++) {
      const message = this.talk.message({ id: `${from}:${n}`, from })
      const appended = await surely(() =>
        node.store.append(message).catch((error: unknown) => {
          this.refusedCount++
          throw error
        }),
      )
      this.acknowledged.push({ ...appended, id: message.id })
      await new Promise((resolve) => setTimeout(resolve, PACE_MS))
    }
  }
}

/** Lost 0, twice 0, out of order 0. */
export async function expectHonest(traffic: Traffic): Promise<void> {
  const { stored, shown } = await traffic.end()
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1))
  expect(stored.map(({ prev }) => prev)).toEqual([undefined, ...stored.slice(0, -1).map(({ id }) => id)])
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
  for (const { seq, id } of traffic.acknowledged) expect(stored[seq - 1]?.id).toBe(id)
  expect(stored.length).toBe(traffic.acknowledged.length)
  for (const one of shown) expect(one).toEqual(stored)
}
