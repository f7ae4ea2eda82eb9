/** A slow peer loses volatile pushes first, then gets `slow` and is closed. Over an in-memory pipe that the test opens and shuts. */
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../gateway/domain/facts.ts'
import { encodeMessage, EncodedPacket } from '../../../gateway/relay/encoded-packet.ts'
import { Peer } from '../../../gateway/relay/peer.ts'
import { SendBuffer } from '../../../gateway/doors/send-buffer.ts'
import type { Pipe } from '../../../gateway/relay/pipe.ts'
import { encodePacket } from '../../../gateway/protocol/packet.ts'

/** A network that accepts nothing until the test opens it. */
class StuckPipe implements Pipe {
  readonly door = 'websocket'
  readonly origin = undefined
  readonly host = undefined
  readonly scheme = undefined
  readonly address = '127.0.0.1'
  readonly sent: string[] = []
  closedWith: number | undefined
  readonly #pending = new SendBuffer({ refused: ({ gatheredBytes }) => gatheredBytes, now: () => 0 })

  send(encoded: EncodedPacket, isPush: boolean): void {
    this.sent.push(encoded.text)
    this.#pending.add(encoded.bytes.length, isPush)
  }

  buffered(): SendBuffer {
    return this.#pending
  }

  stalledMs(): number {
    return this.#pending.stalledMs()
  }

  onceEmpty(listener: () => void): void {
    this.#pending.onceEmpty(listener)
  }

  hold(): void {}

  close(closeCode: number): void {
    this.closedWith = closeCode
  }

  cut(): void {
    this.#pending.clear()
  }

  take(count: number): void {
    for (let n = 0; n < count; n++) this.#pending.take()
  }
}

function stuckPeer() {
  const pipe = new StuckPipe()
  const facts: Fact[] = []
  const identity = { id: 'c1', role: 'customer', side: 'c1', expiresAt: Number.MAX_SAFE_INTEGER } as const
  const peer = new Peer({ sid: 's', identity, device: undefined, pipe, report: (fact) => facts.push(fact) })
  return { pipe, peer, facts }
}

const message = (n: number, length = 1): EncodedPacket =>
  encodeMessage({
    conversation: 'shop:1~c1',
    epoch: 'e',
    seq: n,
    id: 'm',
    from: 'c1',
    side: 'c1',
    kind: 'text',
    body: { text: 'x'.repeat(length) },
    at: 1,
  })
const typing = new EncodedPacket(encodePacket({ type: 'event', name: 'typingPush', args: [{ side: 'c1' }] }), { kind: 'typingPush' })

describe('a slow peer', () => {
  test('gets `slow` and is closed when 1 MiB waits, however few messages that is', () => {
    const { peer, pipe } = stuckPeer()
    peer.release(() => true)
    for (let n = 1; n <= 33; n++) peer.push(message(n, 32_768))
    expect(pipe.sent).toHaveLength(33)
    expect(pipe.sent.at(-1)).toContain('2["byePush",{"code":"slow"')
    expect(pipe.closedWith).toBe(4001)
    peer.push(message(34))
    expect(pipe.sent).toHaveLength(33)
  })

  test('is not closed for the number of small messages', () => {
    const { peer, pipe } = stuckPeer()
    peer.release(() => true)
    for (let n = 1; n <= 5000; n++) peer.push(message(n))
    expect(pipe.sent).toHaveLength(5000)
    expect(pipe.closedWith).toBe(undefined)
  })

  test('loses typing first, and no message below the limit', () => {
    const { peer, pipe, facts } = stuckPeer()
    peer.release(() => true)
    for (let n = 1; n <= 17; n++) peer.push(message(n, 32_768))
    peer.push(typing)
    peer.push(message(18))
    expect(pipe.sent).toHaveLength(18)
    expect(facts).toEqual([{ fact: 'volatileDropped' }])
    pipe.take(18)
    peer.push(typing)
    expect(pipe.sent).toHaveLength(19)
  })

  test('recovers when the network accepts bytes again', () => {
    const { peer, pipe } = stuckPeer()
    peer.release(() => true)
    for (let n = 1; n <= 5000; n++) {
      peer.push(message(n))
      if (n % 100 === 0) pipe.take(100)
    }
    expect(pipe.closedWith).toBe(undefined)
    expect(pipe.buffered().pushBytes).toBe(0)
    expect(pipe.buffered().bytes).toBe(0)
  })

  test('is not closed for a large answer in transit, only for pushes behind it', () => {
    const { peer, pipe } = stuckPeer()
    peer.release(() => true)
    peer.answer(message(0, 3_000_000))
    expect(peer.isOverdrawn).toBe(false)
    for (let n = 1; n <= 32; n++) peer.push(message(n, 32_768))
    expect(pipe.closedWith).toBe(undefined)
    peer.answer(message(0, 1_100_000))
    expect(peer.isOverdrawn).toBe(true)
    pipe.take(1)
    expect(peer.isOverdrawn).toBe(false)
    peer.push(message(33))
    expect(pipe.closedWith).toBe(4001)
  })

  test('is also closed when too much arrives during its welcome', () => {
    const { peer, pipe } = stuckPeer()
    for (let n = 1; n <= 33; n++) peer.push(message(n, 32_768))
    expect(pipe.sent).toHaveLength(1)
    expect(pipe.closedWith).toBe(4001)
  })
})

describe('the measure of slowness', () => {
  test('counts bytes that the network refused, not bytes written in one turn', () => {
    let refused = 0
    const pending = new SendBuffer({ refused: () => refused, now: () => 0 })
    for (let n = 0; n < 5000; n++) pending.add(1000, true)
    expect([pending.pushBytes, pending.bytes, pending.gatheredBytes]).toEqual([0, 0, 5_000_000])
    refused = 700_000
    expect([pending.pushBytes, pending.bytes]).toEqual([700_000, 700_000])
  })

  test('counts bytes that have waited for a second when the network refuses nothing', () => {
    let now = 1000
    const pending = new SendBuffer({ refused: ({ overdueBytes }) => overdueBytes, now: () => now })
    for (let n = 0; n < 5000; n++) pending.add(1000, true)
    expect(pending.pushBytes).toBe(0)
    for (let n = 0; n < 2; n++) {
      now += 1000
      pending.add(1, true)
    }
    expect(pending.pushBytes).toBe(5_000_000)
    for (let n = 0; n < 4000; n++) pending.take()
    expect(pending.pushBytes).toBe(1_000_000)
  })
})

describe('during the welcome', () => {
  test('pushes wait until missed messages are sent, and outdated ones are dropped', () => {
    const { peer, pipe } = stuckPeer()
    peer.push(message(1))
    peer.answer(new EncodedPacket('0{}'))
    peer.push(message(2))
    peer.release((encoded) => encoded.text.includes('"seq":2'))
    expect(pipe.sent).toEqual(['0{}', message(2).text])
  })

  test('a wait for the network ends with the session', async () => {
    const { peer, pipe } = stuckPeer()
    peer.answer(new EncodedPacket('0{}'))
    const drained = peer.drained()
    pipe.buffered().clear()
    await drained
  })
})
