/** Whom a webhook's queue lets try, and when. */
import { expect, test } from 'vitest'
import type { Fact } from '../../../../gateway/domain/facts.ts'
import type { Outcome, Turn } from '../../../../gateway/domain/webhooks/webhook-conversation.ts'
import { WebhookQueue } from '../../../../gateway/domain/webhooks/webhook-queue.ts'

const mark = (conversation: string) => ({ conversation, version: 'v1', since: 0, at: 0 })
const target = { id: 'w', address: 'http://crm.example/', wants: () => true, send: async () => undefined }

function queueOf(outcome: (turn: Turn) => Outcome) {
  const clock = { now: 0 }
  const turns: string[] = []
  const facts: Fact[] = []
  let [running, most] = [0, 0]
  const deliver = async (turn: Turn): Promise<Outcome> => {
    turns.push(turn.conversation)
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    const result = outcome(turn)
    if (result.is === 'clean') turn.onTaken()
    return result
  }
  const queue = new WebhookQueue({ target, deliver, uptime: () => clock.now, report: (fact) => facts.push(fact) })
  /** Lets all turns end that may begin now. */
  const settle = async (): Promise<void> => {
    queue.tick()
    while (running > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { queue, clock, turns, facts, settle, most: () => most }
}

test('at most sixteen conversations have a turn at a time, and each one turn', async () => {
  const { queue, turns, settle, most } = queueOf(() => ({ is: 'clean' }))
  for (let i = 0; i < 40; i++) for (let again = 0; again < 2; again++) queue.add(mark(`c${i}`), true)
  await settle()
  expect([turns.length, most()]).toEqual([40, 16])
})

test('a consumer that is down is tried by one conversation at a time, ever more rarely, each time another; the log says so once', async () => {
  let isUp = false
  const { queue, clock, turns, facts, settle } = queueOf(() => (isUp ? { is: 'clean' } : { is: 'failed', reason: 'answers with 500' }))
  for (let i = 0; i < 30; i++) queue.add(mark(`c${i}`), true)
  await settle()
  const before = turns.length
  expect(before).toBeLessThan(22)
  const tries: number[] = []
  for (clock.now = 0; clock.now < 300_000; clock.now += 500) {
    const had = turns.length
    await settle()
    if (turns.length > had) tries.push(clock.now)
  }
  expect(tries.length).toBeLessThan(20)
  expect(tries.at(-1)! - tries.at(-2)!).toBeGreaterThan(50_000)
  expect(new Set(turns.slice(-5)).size).toBe(5)
  const problems = facts.filter(({ fact }) => fact === 'partSeen').map((fact) => 'problem' in fact && fact.problem)
  expect(new Set(problems).size).toBe(1)
  isUp = true
  clock.now += 60_000
  await settle()
  clock.now += 1000
  await settle()
  expect(queue.waitingCount).toBe(0)
  expect(facts.at(-1)).toMatchObject({ fact: 'partSeen', problem: undefined })
})

test('a conversation whose event alone is refused waits longer each time, and the others go on', async () => {
  const { queue, clock, turns, settle } = queueOf(({ conversation }) => (conversation === 'bad' ? { is: 'failed', reason: 'no' } : { is: 'clean' }))
  queue.add(mark('bad'), true)
  for (clock.now = 0; clock.now < 64_000; clock.now += 500) {
    queue.add(mark(`c${clock.now}`), true)
    queue.add(mark('bad'), true)
    await settle()
  }
  expect(turns.filter((conversation) => conversation === 'bad')).toHaveLength(7)
  expect(turns.filter((conversation) => conversation !== 'bad')).toHaveLength(128)
})

test('something that is written during a turn gets another turn', async () => {
  const { queue, turns, settle } = queueOf(() => ({ is: 'clean' }))
  queue.add(mark('c1'), true)
  queue.pump()
  queue.add(mark('c1'), true)
  await settle()
  expect(turns).toEqual(['c1', 'c1'])
})

test('a mark that has not changed is not looked at again at once, but after a while', async () => {
  const { queue, clock, turns, settle } = queueOf(() => ({ is: 'clean' }))
  queue.add(mark('c1'), false)
  await settle()
  queue.add(mark('c1'), false)
  await settle()
  expect([turns.length, queue.isDone(mark('c1'))]).toEqual([1, true])
  clock.now = 11_000
  queue.add(mark('c1'), false)
  await settle()
  expect(turns).toHaveLength(2)
})
