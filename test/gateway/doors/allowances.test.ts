/** Rate limits by participant, by address and in total, on one node and across nodes. */
import { afterEach, describe, expect, test } from 'vitest'
import { LocalBus } from '../../../gateway/backbone/embedded/local-bus.ts'
import { allowanceTable } from '../../../gateway/doors/admit/allowance-table.ts'
import { ALLOWANCE_SCOPES, Allowances } from '../../../gateway/doors/admit/allowances.ts'
import { spenderOf } from '../../../gateway/domain/allowances.ts'
import type { Fact } from '../../../gateway/domain/facts.ts'
import { Refusal } from '../../../gateway/domain/refusal.ts'
import { guestId } from '../../../gateway/protocol/keys.ts'

const UUIDS = ['3f0a1c52-7a4e-4c1b-9d5e-0123456789ab', '3f0a1c52-7a4e-4c1b-9d5e-0123456789ac']

const opened: Allowances[] = []
afterEach(() => opened.splice(0).forEach((one) => one.close()))

interface Given {
  readonly bus?: LocalBus
  readonly node?: string
  readonly scopes?: readonly ('participant' | 'address' | 'total')[]
  readonly report?: (fact: Fact) => void
}

let at = 0
function allowances({ bus = new LocalBus(), node = 'a', scopes = ALLOWANCE_SCOPES, report = () => undefined }: Given = {}): Allowances {
  const table = {
    ...allowanceTable({ commandsPerSecond: 100, guestsPerMinute: 30, imagesPerMinute: 20 }),
    image: { participant: { perMinute: 60, burst: 4 }, address: { perMinute: 60, burst: 6 }, total: { perMinute: 60, burst: 8 } },
  }
  const made = new Allowances({ table, scopes, bus, node, now: () => at, report })
  opened.push(made)
  return made
}

/** How many of `count` attempts are allowed. */
function passed(count: number, take: () => void): number {
  let through = 0
  for (let n = 0; n < count; n++) {
    try {
      take()
      through++
    } catch (error) {
      if (!(error instanceof Refusal) || error.wire.code !== 'rate_limited' || !(error.wire.afterMs! > 0)) throw error
    }
  }
  return through
}

const identity = (id: string) => ({ id, role: 'customer' as const, side: id, expiresAt: 0 })

describe('allowances', () => {
  test('count a signed pass by its participant, a guest also by its address, and everybody in total', () => {
    const one = allowances()
    const address = '192.0.2.1'
    expect(passed(10, () => one.take('image', spenderOf({ identity: identity('c1'), address })))).toBe(4)
    expect(passed(10, () => one.take('image', spenderOf({ identity: identity(guestId(UUIDS[0]!)), address })))).toBe(4)
    // the total is spent
    expect(passed(10, () => one.take('image', spenderOf({ identity: identity('c2'), address })))).toBe(0)
    const other = allowances()
    expect(passed(4, () => other.take('image', spenderOf({ identity: identity(guestId(UUIDS[0]!)), address })))).toBe(4)
    expect(passed(4, () => other.take('image', spenderOf({ identity: identity(guestId(UUIDS[1]!)), address })))).toBe(2)
    expect(passed(4, () => other.take('image', spenderOf({ identity: identity('c3'), address })))).toBe(2)
  })

  test('take nothing when one scope refuses, and can be given back', () => {
    const one = allowances()
    const guest = { participant: 'guest-1', address: 'x' }
    expect(passed(10, () => one.take('image', guest))).toBe(4)
    expect(passed(10, () => one.take('image', { participant: 'guest-2', address: 'x' }))).toBe(2)
    one.giveBack('image', guest, 2)
    expect(passed(10, () => one.take('image', guest))).toBe(2)
  })

  test('do not limit scopes that are switched off', () => {
    const one = allowances({ scopes: ['participant'] })
    for (let n = 0; n < 20; n++) expect(passed(9, () => one.take('image', { participant: `guest-${n}`, address: 'x' }))).toBe(4)
  })

  test('are shared by all nodes once each has published what it took', async () => {
    const bus = new LocalBus()
    const [a, b, c] = ['a', 'b', 'c'].map((node) => allowances({ bus, node })) as [Allowances, Allowances, Allowances]
    expect(passed(3, () => a.take('image', { participant: 'p' }))).toBe(3)
    expect(passed(1, () => b.take('image', { participant: 'p' }))).toBe(1)
    await Promise.all([a.publish(), b.publish()])
    for (const node of [a, b, c]) expect(passed(4, () => node.take('image', { participant: 'p' }))).toBe(0)
    at += 1000
    expect(passed(4, () => c.take('image', { participant: 'p' }))).toBe(1)
  })

  test('ignore invalid messages on their channel', async () => {
    const bus = new LocalBus()
    const one = allowances({ bus })
    await one.publish()
    for (const junk of [
      '',
      'null',
      '[]',
      '{"spent":7}',
      '{"spent":[7,null,[]]}',
      '{"spent":[["nothing","participant","p",9]]}',
      '{"spent":[["image","constructor","p",9],["constructor","participant","p",9],["image","participant",7,9],["image","participant","p","9"]]}',
      '{"spent":[["image","participant","p",1e999],[{"toString":1},{"toString":1},"p",9]]}',
    ])
      await bus.publish('ImAllowances', 'other', junk)
    expect(passed(4, () => one.take('image', { participant: 'p' }))).toBe(4)
  })

  test('log once a minute that an address has used up its allowance', () => {
    const facts: Fact[] = []
    const one = allowances({ report: (fact) => facts.push(fact) })
    for (let n = 0; n < 20; n++) passed(2, () => one.take('image', { participant: `guest-${n}`, address: 'x' }))
    expect(facts).toEqual([{ fact: 'allowanceSpent', allowance: 'image', scope: 'address', key: 'x' }])
  })
})
