import { expect, test } from 'vitest'
import { conversationChannel, conversationTag } from '../../gateway/protocol/keys.ts'
import { slotOf, SLOT_COUNT } from '../../gateway/backbone/redis/slot.ts'

const names = Array.from({ length: 64_000 }, (_, n) => `shop:7~customer-${n}`)

test('conversations are spread over 64 tags, and these over the masters of a Cluster', () => {
  const tags = names.map(conversationTag)
  const counts = new Map<string, number>()
  for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  expect(counts.size).toBe(64)
  expect(Math.max(...counts.values())).toBeLessThan(1250)
  expect(Math.min(...counts.values())).toBeGreaterThan(750)
  for (const masters of [3, 4, 6, 8]) {
    const perMaster = new Uint32Array(masters)
    for (const tag of counts.keys()) perMaster[Math.floor((slotOf(tag) * masters) / SLOT_COUNT)]!++
    expect(Math.max(...perMaster) / (64 / masters)).toBeLessThan(1.2)
  }
})

test('a channel is in its tag’s slot', () => {
  for (const name of names.slice(0, 100)) expect(slotOf(conversationChannel(name))).toBe(slotOf(conversationTag(name)))
})
