/** A group's subscriptions, over a bus that confirms when the test says. */
import { describe, expect, test } from 'vitest'
import type { Bus, Relayed, Subscription } from '../../../gateway/backbone/backbone.ts'
import { PeerGroup, type Listening } from '../../../gateway/relay/peer-group.ts'

/** A bus over a slow network: each subscription takes effect, and is confirmed, when the test says. */
class SlowBus implements Bus {
  readonly subscribed = new Set<(relayed: Relayed) => void>()
  readonly #waiting: ((isAway: boolean) => void)[] = []

  subscribe(_channel: string, listener: (relayed: Relayed) => void): Promise<Subscription> {
    return new Promise((resolve, reject) => {
      this.#waiting.push((isAway) => {
        if (isAway) return reject(new Error('away'))
        this.subscribed.add(listener)
        resolve({ close: async () => void this.subscribed.delete(listener) })
      })
    })
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    for (const listener of this.subscribed) listener({ channel, origin, packet: Buffer.from(packet) })
  }

  async publishIn(): Promise<void> {}

  onGap(): () => void {
    return () => undefined
  }

  /** Confirms what waits, or refuses the subscriptions of these numbers. */
  confirm(...away: readonly number[]): void {
    for (const [i, next] of this.#waiting.splice(0).entries()) next(away.includes(i))
  }
}

function slowGroup() {
  const bus = new SlowBus()
  const heard: string[] = []
  const listenings: Listening[] = ['a', 'b'].map((name) => [name, ({ encoded }) => void heard.push(name + encoded.text)])
  return { bus, heard, group: new PeerGroup(bus), listenings }
}

describe('a group of peers', () => {
  test('subscribes once to each channel, however often it is asked, and to none after its release', async () => {
    const { bus, heard, group, listenings } = slowGroup()
    const asked = [group.listen(listenings), group.listen(listenings)]
    bus.confirm()
    await Promise.all([...asked, group.listen(listenings)])
    await bus.publish('x', '', '!')
    expect(heard).toEqual(['a!', 'b!'])
    group.release()
    await bus.publish('x', '', '!')
    expect([heard.length, bus.subscribed.size]).toEqual([2, 0])
  })

  test('has nothing subscribed where one of its channels could not be, and may try again', async () => {
    const { bus, heard, group, listenings } = slowGroup()
    const failed = group.listen(listenings).catch((error: Error) => error.message)
    bus.confirm(1)
    expect(await failed).toBe('away')
    expect(bus.subscribed.size).toBe(0)
    const again = group.listen(listenings)
    bus.confirm()
    await again
    await bus.publish('x', '', '!')
    expect(heard).toEqual(['a!', 'b!'])
  })

  test('that is released while it subscribes has nothing subscribed in the end', async () => {
    const { bus, group, listenings } = slowGroup()
    const listening = group.listen(listenings)
    group.release()
    bus.confirm()
    await listening
    expect(bus.subscribed.size).toBe(0)
  })
})
