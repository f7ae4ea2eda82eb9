/** Joins and leaves of one channel, in every order, over a bus that confirms when the test says. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bus, Relayed, Subscription } from '../../../gateway/backbone/backbone.ts'
import { Channels, type ChannelListener } from '../../../gateway/relay/channels.ts'

/** A bus over a slow network: each change takes effect, and is confirmed, when the test says. */
class SlowBus implements Bus {
  readonly subscribed = new Set<(relayed: Relayed) => void>()
  most = 0
  isAway = false
  readonly #waiting: (() => void)[] = []

  subscribe(_channel: string, listener: (relayed: Relayed) => void): Promise<Subscription> {
    return this.#later(() => {
      if (this.isAway) throw new Error('away')
      this.subscribed.add(listener)
      this.most = Math.max(this.most, this.subscribed.size)
      return { close: () => this.#later(() => void this.subscribed.delete(listener)) }
    })
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    for (const listener of this.subscribed) listener({ channel, origin, packet: Buffer.from(packet) })
  }

  async publishIn(): Promise<void> {}

  onGap(): () => void {
    return () => undefined
  }

  /** Applies one waiting change; false when none waits. */
  step(): boolean {
    const next = this.#waiting.shift()
    next?.()
    return next !== undefined
  }

  #later<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(change())
        } catch (error) {
          reject(error as Error)
        }
      })
    })
  }
}

const turns = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await Promise.resolve()
}
const settle = async (bus: SlowBus): Promise<void> => {
  do await turns()
  while (bus.step())
}

function slowChannels() {
  const bus = new SlowBus()
  return { bus, channels: new Channels({ bus, report: () => undefined }) }
}

describe('the channels of a node', () => {
  test('are subscribed once however many join, and unsubscribed when the last leaves', async () => {
    const { bus, channels } = slowChannels()
    const heard: string[] = []
    const listeners = ['a', 'b', 'c'].map(
      (name): ChannelListener =>
        ({ encoded }) =>
          heard.push(name + encoded.text),
    )
    const joined = listeners.map((listener) => channels.join('x', listener))
    await settle(bus)
    await Promise.all(joined)
    await bus.publish('x', '', '!')
    expect([bus.most, heard]).toEqual([1, ['a!', 'b!', 'c!']])
    for (const listener of listeners.slice(0, 2)) channels.leave('x', listener)
    await settle(bus)
    expect(bus.subscribed.size).toBe(1)
    channels.leave('x', listeners[2]!)
    await settle(bus)
    expect(bus.subscribed.size).toBe(0)
  })

  test('deliver after a join resolves, whatever joins, leaves and confirmations came before, in any order', async () => {
    const action = fc.oneof(
      fc.nat({ max: 3 }).map((n) => ({ type: 'join', n }) as const),
      fc.nat({ max: 3 }).map((n) => ({ type: 'leave', n }) as const),
      fc.constant({ type: 'step' } as const),
      fc.constant({ type: 'turn' } as const),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { bus, channels } = slowChannels()
        const heard = [0, 0, 0, 0]
        const listeners = heard.map(
          (_, n): ChannelListener =>
            () =>
              void heard[n]!++,
        )
        const wanted = new Set<number>()
        for (const one of actions) {
          if (one.type === 'join') {
            wanted.add(one.n)
            void channels.join('x', listeners[one.n]!)
          } else if (one.type === 'leave') {
            wanted.delete(one.n)
            channels.leave('x', listeners[one.n]!)
          } else if (one.type === 'step') bus.step()
          else await turns()
        }
        await settle(bus)
        expect(bus.subscribed.size).toBe(wanted.size > 0 ? 1 : 0)
        heard.fill(0)
        await bus.publish('x', '', '!')
        expect(heard).toEqual(heard.map((_, n) => (wanted.has(n) ? 1 : 0)))
        expect(bus.most).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('reject a join while the bus is unavailable, which can be repeated', async () => {
    const { bus, channels } = slowChannels()
    const listener = (): void => undefined
    bus.isAway = true
    const failed = channels.join('x', listener).catch((error: Error) => error.message)
    await settle(bus)
    expect(await failed).toBe('away')
    bus.isAway = false
    const joined = channels.join('x', listener)
    await settle(bus)
    await joined
    expect(bus.subscribed.size).toBe(1)
  })
})
