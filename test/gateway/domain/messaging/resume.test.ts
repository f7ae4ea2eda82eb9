/** Resume decisions as a table. doors/hello.test.ts and doors/conversation.test.ts test that the messages then arrive. */
import { expect, test } from 'vitest'
import { decideResume } from '../../../../gateway/domain/messaging/catch-up.ts'
import { LIMITS } from '../../../../gateway/protocol/limits.ts'
import type { Message } from '../../../../gateway/protocol/model.ts'

const MOST = LIMITS.missedCount

/** The log: its head, and the entry at which the read began. */
const log = (seq: number, first: number | undefined, id = `m${first}`) => ({
  head: { epoch: 'e1', seq },
  messages: first === undefined ? [] : [{ seq: first, id } as Message],
})
const holds = (seq: number, epoch = 'e1') => ({ epoch, seq, lastId: seq === 0 ? '' : `m${seq}` })

// prettier-ignore
test.each<[string, ReturnType<typeof log>, ReturnType<typeof holds>, string]>([
  ['nothing, of nothing', log(0, undefined), holds(0, ''), 'follows 0'],
  ['nothing, of a few', log(30, 1), holds(0, ''), 'follows 0'],
  ['nothing, of more than a page', log(31, 1), holds(0, ''), 'reload'],
  ['nothing, of a log whose beginning has aged away', log(30, 2), holds(0, ''), 'reload'],
  ['nothing, of a log that has all aged away', log(30, undefined), holds(0, ''), 'reload'],
  ['a log of which every entry may have changed', log(MOST, 1), holds(0), 'follows 0'],
  ['the same, of more than may be sent', log(MOST + 1, 1), holds(0), 'reload'],
  ['the same, of another epoch', log(MOST, 1), holds(0, 'e0'), 'reload'],
  ['all', log(17, 17), holds(17), 'follows 17'],
  ['all but one', log(18, 17), holds(17), 'follows 17'],
  ['as many less as may be sent', log(17 + MOST, 17), holds(17), 'follows 17'],
  ['one less than that', log(18 + MOST, 17), holds(17), 'reload'],
  ['what has aged away here', log(40, 25), holds(17), 'reload'],
  ['what has all aged away here', log(17, undefined), holds(17), 'reload'],
  ['a log of another epoch', log(17, 17), holds(17, 'e0'), 'diverged 17'],
  ['more than there is', log(16, 16), holds(17), 'diverged 16'],
  ['another entry at the same place', log(18, 17, 'x'), holds(17), 'diverged 18'],
  ['the same, far behind', log(18 + MOST, 17, 'x'), holds(17), `diverged ${18 + MOST}`],
])('who holds %s', (_, page, held, then) => {
  const { status, above } = decideResume(page, held)
  expect(above === undefined ? status : `${status} ${above}`).toBe(then)
})
