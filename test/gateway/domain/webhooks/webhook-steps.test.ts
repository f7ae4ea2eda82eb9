/** What a webhook is told next, as pure functions of log and cursor. */
import { describe, expect, test } from 'vitest'
import type { Page } from '../../../../gateway/backbone/backbone.ts'
import { UNSERVED, blockedBy, closed, opened, queued, type AssignmentDocument } from '../../../../gateway/domain/assignment/assignment-document.ts'
import { withHistory } from '../../../../gateway/domain/webhooks/assignment-history.ts'
import { removedCount, rewound, START, stepsOf, type WebhookCursor } from '../../../../gateway/domain/webhooks/webhook-steps.ts'
import type { PastEvent } from '../../../../gateway/domain/webhooks/webhook-target.ts'

const CONVERSATION = 'shop:7~c1'
const message = (seq: number, id = `m${seq}`) => ({
  conversation: CONVERSATION,
  epoch: 'e1',
  seq,
  id,
  from: 'c1',
  side: 'c1',
  kind: 'text',
  body: { text: id },
  at: seq * 1000,
})
const page = (seqs: readonly number[], headSeq = seqs.at(-1) ?? 0, epoch = 'e1'): Page => ({
  messages: seqs.map((seq) => message(seq)),
  head: { epoch, seq: headSeq },
  cursors: {},
  names: {},
})
const at = (seq: number, more: Partial<WebhookCursor> = {}): WebhookCursor => ({
  ...START,
  epoch: 'e1',
  seq,
  id: seq === 0 ? '' : `m${seq}`,
  ...more,
})
const past = (n: number, type: PastEvent['type'], after: number): PastEvent => ({ n, type, after, at: after * 1000 + 1 })
const told = (given: Page, cursor: WebhookCursor, events: readonly PastEvent[] = []) =>
  stepsOf(CONVERSATION, given, { cursor, past: events }).map(({ event }) => (event!.type === 'message' ? event!.data.message!.seq : event!.type))

describe('the next events', () => {
  test('are the messages behind the cursor, and each step leads to the next cursor', () => {
    const steps = stepsOf(CONVERSATION, page([2, 3, 4]), { cursor: at(2), past: [] })
    expect(steps.map(({ cursor }) => [cursor.seq, cursor.id])).toEqual([
      [3, 'm3'],
      [4, 'm4'],
    ])
  })

  test('contain the steps of the assignment, each behind the message after which it happened', () => {
    const events = [past(1, 'opened', 1), past(2, 'assigned', 1), past(3, 'closed', 3)]
    expect(told(page([1, 2, 3]), at(0), events)).toEqual([1, 'opened', 'assigned', 2, 3, 'closed'])
    expect(told(page([1, 2], 3), at(0), events)).toEqual([1, 'opened', 'assigned', 2])
    expect(told(page([3]), at(3, { past: 2 }), events)).toEqual(['closed'])
    expect(told(page([3]), at(3, { past: 3 }), events)).toEqual([])
  })

  test('are all of a log that has begun anew', () => {
    expect(told(page([1, 2], 2, 'e2'), at(9))).toEqual([1, 2])
  })

  test('begin again somewhat before, where a failover has put another message in the place of the last one', () => {
    expect(rewound(page([5, 6]), at(5))).toBeUndefined()
    expect(rewound(page([5, 6]), at(5, { id: 'other' }))).toMatchObject({ seq: 0, id: '' })
    expect(rewound(page([], 200), at(205))).toMatchObject({ seq: 100, id: '' })
    expect(rewound(page([5, 6]), at(5, { id: '' }))).toBeUndefined()
  })

  test('that left the log before they were told are counted', () => {
    expect(removedCount(page([8, 9]), at(5))).toBe(2)
    expect(removedCount(page([5, 6]), at(5))).toBe(0)
    expect(removedCount(page([8], 8, 'e2'), at(5))).toBe(0)
  })
})

describe("an assignment's history", () => {
  const ann = { id: 'ann' }
  const next = (before: AssignmentDocument, change: AssignmentDocument, after: number) => withHistory(before, change, { after, now: after })
  const types = ({ past: events = [] }: AssignmentDocument) => events.map(({ n, type }) => `${n} ${type}`)

  test('has each change of phase, agent and block, and survives the changes after it', () => {
    const waiting = next(UNSERVED, queued(UNSERVED, 1), 1)
    expect(types(waiting)).toEqual(['1 opened'])
    const open = next(waiting, opened(waiting, ann, 2), 1)
    const blocked = next(open, blockedBy(open, { by: ann, reason: 'spam', at: 3 }), 2)
    const over = next(blocked, closed(blocked, 4), 2)
    expect(types(next(over, blockedBy(over, undefined), 2))).toEqual(['1 opened', '2 assigned', '3 blocked', '4 closed', '5 unblocked'])
    expect(over.past![2]).toEqual({ n: 3, type: 'blocked', agent: ann, reason: 'spam', after: 2, at: 2 })
  })

  test('counts on when its oldest steps have gone', () => {
    let document = UNSERVED
    for (let i = 1; i <= 10; i++) {
      document = next(document, opened(document, ann, i), i)
      document = next(document, closed(document, i), i)
    }
    expect(document.past).toHaveLength(12)
    expect(document.past!.at(-1)).toMatchObject({ n: 30, type: 'closed' })
  })
})
