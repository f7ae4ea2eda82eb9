/** What a node concludes from the numbers in its inboxes and from what Redis has counted, whichever comes first. */
import { beforeEach, expect, test } from 'vitest'
import { Inboxes } from '../../../gateway/backbone/redis/inboxes.ts'
import { inboxChannel } from '../../../gateway/backbone/redis/keys.ts'
import type { Op } from '../../../gateway/backbone/redis/op.ts'
import type { Place } from '../../../gateway/backbone/redis/ring.ts'
import type { Subscriptions } from '../../../gateway/backbone/redis/subscriptions.ts'

const PLACE: Place = { number: 0, start: 'im:' } as Place
const CHANNEL = inboxChannel(PLACE.start, 'n')

let told: string[]
/** Answers the oldest question for the count. */
let answer: (reply: string | null) => Promise<void>
let inboxes: Inboxes

beforeEach(() => {
  told = []
  const questions: ((reply: unknown) => void)[] = []
  const run = <T>({ args, parse }: Op<T>): Promise<never> =>
    new Promise<unknown>((resolve) => (args[0] === 'GETEX' ? questions.push(resolve) : resolve('OK'))).then((reply) => parse(reply) as never)
  answer = async (reply) => {
    questions.shift()!(reply)
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }
  const [onLost, onForgotten] = ['lost', 'forgotten'].map((word) => () => void told.push(word)) as [() => void, () => void]
  const subscriptions: Pick<Subscriptions, 'isLive' | 'join'> = { isLive: () => true, join: () => Promise.resolve() }
  inboxes = new Inboxes({ places: [PLACE], subscriptions, router: { run }, node: 'n', onLost, onForgotten })
})

const receive = (...numbers: number[]): void => numbers.forEach((number) => inboxes.received(CHANNEL, number))

async function subscribed(count: string): Promise<void> {
  const done = inboxes.subscribed(CHANNEL)
  await answer(count)
  await done
}

test('publishes that overtake the answer to a look are neither forgotten nor lost', async () => {
  await subscribed('0')
  receive(1, 2, 3)
  const looked = inboxes.check()
  receive(4, 5)
  await answer('3')
  await looked
  receive(6)
  expect(told).toEqual([])
})

test('publishes that overtake the first look are neither', async () => {
  const done = inboxes.subscribed(CHANNEL)
  receive(8, 9)
  await answer('7')
  await done
  receive(10)
  expect(told).toEqual([])
})

test('a count below what had come before the look is a forgotten one', async () => {
  await subscribed('0')
  receive(1, 2, 3)
  const looked = inboxes.check()
  await answer('2')
  await looked
  expect(told).toEqual(['forgotten'])
})

test('a publish that was counted at one look and has not come by the next is lost', async () => {
  await subscribed('0')
  receive(1)
  for (const _ of [1, 2]) {
    const looked = inboxes.check()
    await answer('2')
    await looked
  }
  expect(told).toEqual(['lost'])
})

test('a number that is left out is lost at once', async () => {
  await subscribed('4')
  receive(5, 7)
  expect(told).toEqual(['lost'])
})
