/**
 * This node's subscriptions at the bus: one for each channel, however many listeners it has. The first join and the last leave of a
 * channel run one after the other, so that a slow unsubscribe cannot undo a newer subscribe.
 */
import type { Bus, Relayed, Subscription } from '../backbone/backbone.ts'
import type { Report } from '../domain/facts.ts'
import { EncodedPacket } from './encoded-packet.ts'

export interface Published {
  readonly encoded: EncodedPacket
  /** The session that caused it, '' for none. */
  readonly origin: string
  /** In which it was published; absent: on the channel alone. */
  readonly conversation: string | undefined
}

export type ChannelListener = (published: Published) => void

interface Channel {
  readonly listeners: Set<ChannelListener>
  subscription: Subscription | undefined
  /** The change under way. It ends when the channel is subscribed if it has listeners, and not if it has none. */
  work: Promise<void>
}

export class Channels {
  readonly #bus: Bus
  readonly #report: Report
  readonly #channels = new Map<string, Channel>()

  constructor(options: { bus: Bus; report: Report }) {
    this.#bus = options.bus
    this.#report = options.report
  }

  /** Once it resolves, `listener` is called for every publish on `name`. While the bus is unavailable it rejects, and nothing is joined. */
  async join(name: string, listener: ChannelListener): Promise<void> {
    const channel = this.#channels.get(name) ?? this.#create(name)
    channel.listeners.add(listener)
    if (channel.listeners.size > 1 && channel.subscription !== undefined) return
    try {
      await this.#update(name, channel)
    } catch (error) {
      this.leave(name, listener)
      throw error
    }
  }

  leave(name: string, listener: ChannelListener): void {
    const channel = this.#channels.get(name)
    if (channel === undefined || !channel.listeners.delete(listener) || channel.listeners.size > 0) return
    this.#update(name, channel).catch((error: unknown) => this.#report({ fact: 'bugFound', where: 'leave channel', error }))
  }

  #create(name: string): Channel {
    const channel: Channel = { listeners: new Set(), subscription: undefined, work: Promise.resolve() }
    this.#channels.set(name, channel)
    return channel
  }

  #update(name: string, channel: Channel): Promise<void> {
    // an earlier failure has rejected the call that caused it
    const work = channel.work.catch(() => undefined).then(() => this.#change(name, channel))
    channel.work = work
    return work
  }

  async #change(name: string, channel: Channel): Promise<void> {
    const isWanted = channel.listeners.size > 0
    if (isWanted && channel.subscription === undefined) {
      channel.subscription = await this.#bus.subscribe(name, (relayed) => relay(channel, relayed))
    } else if (!isWanted && channel.subscription !== undefined) {
      const { subscription } = channel
      channel.subscription = undefined
      await subscription.close()
    }
    if (channel.listeners.size === 0 && channel.subscription === undefined && this.#channels.get(name) === channel) {
      this.#channels.delete(name)
    }
  }
}

function relay(channel: Channel, { packet, origin, push, conversation }: Relayed): void {
  const published = { encoded: new EncodedPacket(packet, push), origin, conversation }
  for (const listener of channel.listeners) listener(published)
}
