import type { Bus, Relayed, Subscription } from '../../../../gateway/backbone/backbone.ts'
import { sideChannel, sidesOf } from '../../../../gateway/protocol/keys.ts'

/** Everything one listener was told on one channel, and a way to wait for more of it without a clock. */
export class Recorder {
  readonly relayed: Relayed[] = []
  #subscription: Subscription | undefined
  #waiting: { count: number; resolve: () => void }[] = []

  static async on(bus: Bus, channel: string): Promise<Recorder> {
    const recorder = new Recorder()
    recorder.#subscription = await bus.subscribe(channel, (relayed) => recorder.#take(relayed))
    return recorder
  }

  /** What is published in one conversation, as it comes to its second side. */
  static async inConversation(bus: Bus, conversation: string): Promise<Recorder> {
    const recorder = new Recorder()
    recorder.#subscription = await bus.subscribe(sideChannel(sidesOf(conversation)[1]), (relayed) => {
      if (relayed.conversation === conversation) recorder.#take(relayed)
    })
    return recorder
  }

  get packets(): string[] {
    return this.relayed.map(({ packet }) => packet.toString())
  }

  /** Resolves once `count` publishes have come, with all there are. */
  async until(count: number): Promise<string[]> {
    if (this.relayed.length < count) await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }))
    return this.packets
  }

  async close(): Promise<void> {
    await this.#subscription?.close()
  }

  #take(relayed: Relayed): void {
    // A listener may keep the bytes: an implementation that reuses its buffer fails the comparisons below.
    this.relayed.push(relayed)
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.relayed.length < count) return true
      resolve()
      return false
    })
  }
}
