/** What a node knows of a log, without Redis: what is believed, and when it is not any more. */
import { expect, test } from 'vitest'
import { Unavailable } from '../../../gateway/backbone/backbone.ts'
import { AppendOp } from '../../../gateway/backbone/redis/append-op.ts'
import { placeStart } from '../../../gateway/backbone/redis/keys.ts'
import { KnownLog } from '../../../gateway/backbone/redis/known-log.ts'
import { headAfter, NO_HEAD, parseHead } from '../../../gateway/backbone/redis/log-head.ts'
import { AGAIN } from '../../../gateway/backbone/redis/op.ts'
import { hashOf, RecentIds } from '../../../gateway/backbone/redis/recent-ids.ts'
import { loadScripts } from '../../../gateway/backbone/redis/scripts.ts'
import { REDIS_DEFAULTS } from '../../../gateway/backbone/redis/settings.ts'
import { newTalk } from './laws/conversation.ts'

const newLog = (conversation: string, windowCount: number): KnownLog =>
  new KnownLog(conversation, { windowCount, place: { number: 0, start: placeStart('0') } })
const settings = { ...REDIS_DEFAULTS, url: 'redis://x' }
const options = { scripts: loadScripts(settings, 'PUBLISH'), settings, onAppended: () => undefined }

test('a head is read as it was written, whatever the id, with and without an assignment', () => {
  for (const id of ['a', 'two words', '"\\\n', '0 1 2', '客']) {
    for (const lines of ['', '\nv1 open', '\nv1 waiting\n- shop:1\n1700 c 1']) {
      const head = headAfter(parseHead(lines), { epoch: 'e', at: 5, soleSide: '2', id: JSON.stringify(id), by: 1 })
      expect(parseHead(head.text)).toEqual(head)
      expect(head).toMatchObject({ seq: 1, written: [0, 1] })
      expect(head.assignment.phase).toBe(lines === '' ? '' : lines.includes('open') ? 'open' : 'waiting')
    }
  }
  expect(parseHead('')).toBe(NO_HEAD)
})

test('recent ids: the newest so many are found at their seq, the others not, and what is behind a hole is forgotten', () => {
  for (const most of [1, 5, 64, 100, 1024]) {
    const ids = new RecentIds(most)
    for (let seq = 1; seq <= 3000; seq++) {
      ids.add(seq, seq + 7)
      if (seq > most) expect(ids.find(seq + 7 - most, Infinity)).toBe(0)
      expect(ids.find(Math.max(1, seq - most + 1) + 7, Infinity)).toBe(Math.max(1, seq - most + 1))
    }
    expect(ids.bytes).toBeLessThanOrEqual(most * 5 + 3)
    ids.add(5000, 3)
    expect([ids.find(3, Infinity), ids.find(3, 5000), ids.find(3007, Infinity)]).toEqual([5000, 0, 0])
  }
})

test('recent ids: of two with one hash the newer is found first, and below it the older', () => {
  const ids = new RecentIds(100)
  ;[9, 4, 9, 4].forEach((hash, i) => ids.add(i + 1, hash))
  expect([ids.find(9, Infinity), ids.find(9, 3), ids.find(9, 1)]).toEqual([3, 1, 0])
})

test('hashes of similar texts are spread, and never that of an empty place', () => {
  const count = 20_000
  const hashes = Array.from({ length: count }, (_, n) => hashOf(`"id":"${n}","from":"c1","side":"c1",`))
  expect(new Set(hashes).size).toBeGreaterThan(count - 5)
  expect(hashes).not.toContain(0)
  const buckets = new Uint32Array(16)
  for (const hash of hashes) buckets[hash & 15]!++
  expect(Math.max(...buckets) / Math.min(...buckets)).toBeLessThan(1.2)
})

test('others are always faster: it is refused in the end', () => {
  const talk = newTalk()
  const op = new AppendOp(options, newLog(talk.conversation, 1024), talk.message())
  let head = NO_HEAD
  expect(() => {
    for (;;) {
      op.prepare({})
      head = headAfter(head, { epoch: 'e', at: 1, soleSide: '0', id: `"${head.seq}"`, by: 0 })
      expect(op.parse(['<', head.text])).toBe(AGAIN)
    }
  }).toThrow(Unavailable)
  expect(head.seq).toBeGreaterThan(10)
})

test('what an unanswered batch foretold is not expected of the next one', () => {
  const talk = newTalk()
  const log = newLog(talk.conversation, 1024)
  const make = () => new AppendOp(options, log, talk.message())
  const batch = {}
  const [one, two, three] = [make(), make(), make()]
  one.prepare(batch)
  two.prepare(batch)
  expect(two.args[0]).toBe(one.args[1])
  three.prepare({})
  expect(three.args[0]).toBe('')
  expect(three.parse(1)).toMatchObject({ seq: 1, duplicate: false })
  two.prepare({})
  expect(two.args[0]).toBe(three.args[1])
})

test('a duplicate within a batch is looked up behind what the batch writes', () => {
  const talk = newTalk()
  const log = newLog(talk.conversation, 1024)
  const message = talk.message()
  const batch = {}
  const [first, again] = [message, message].map((one) => new AppendOp(options, log, one)) as [AppendOp, AppendOp]
  first.prepare(batch)
  again.prepare(batch)
  expect(again.args.slice(0, 3)).toEqual([first.args[1], '', '-1'])
})

test('after a refusal all appends of a log let Redis number them, but none that comes behind one whose number is known', () => {
  const talk = newTalk()
  const log = newLog(talk.conversation, 1024)
  const [one, two] = [talk.message(), talk.message()].map((message) => new AppendOp(options, log, message)) as [AppendOp, AppendOp]
  const attempt = (): unknown[] => {
    const batch = {}
    for (const op of [one, two]) op.prepare(batch)
    return [one, two].map(({ args }) => args[1] === '+')
  }
  let head = NO_HEAD
  const entries: string[] = []
  const refuse = (): void => {
    head = headAfter(head, { epoch: 'e', at: 1, soleSide: '0', id: '"n"', by: 0 })
    entries.push(`${head.stamp}${head.seq},"id":"n${head.seq}","from":"c","side":"c",`)
    expect([one.parse(['<', head.text, ...entries]), two.parse(0)]).toEqual([AGAIN, AGAIN])
  }
  expect(attempt()).toEqual([false, false])
  // a log that the node did not know: nobody else need write in it
  refuse()
  expect(attempt()).toEqual([false, false])
  refuse()
  expect(attempt()).toEqual([true, true])
  const batch = {}
  log.insistsLeft = 0
  one.prepare(batch)
  log.insistsLeft = 1
  two.prepare(batch)
  expect([one, two].map(({ args }) => args[1] === '+')).toEqual([false, false])
})

test('what a refusal told goes with its batch: of a thousand entries it is more than all else that is known of a log', () => {
  const talk = newTalk()
  const log = newLog(talk.conversation, 1024)
  const written = headAfter(NO_HEAD, { epoch: 'e', at: 1, soleSide: '0', id: '"m"', by: 0 })
  log.in({})
  log.learn(NO_HEAD, written.text, [`${written.stamp}1,"id":"m","from":"c","side":"c",`])
  expect(log.wasWritten(written)).toBe(true)
  log.in({})
  expect(log.wasWritten(written)).toBe(false)
})
