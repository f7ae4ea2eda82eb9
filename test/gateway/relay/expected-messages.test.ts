import { describe, expect, test } from 'vitest'
import { ExpectedMessages } from '../../../gateway/relay/expected-messages.ts'

const SECOND = 1000

/** A look each second at a clock of its own. */
function watching() {
  const expected = new ExpectedMessages()
  const came = new Map<string, number>()
  let now = 0
  return {
    came,
    expect: (conversation: string, from: number, seq: number) => expected.expect({ conversation, from, seq }, now),
    look: (ms = SECOND) => {
      now += ms
      return expected.takeLost((conversation) => came.get(conversation) ?? 0, now)
    },
    isEmpty: () => expected.isEmpty,
  }
}

describe('a message that is in the log and has not come', () => {
  test('is lost after the second look, and told of once', () => {
    const { expect: wait, look, isEmpty } = watching()
    wait('a~b', 3, 5)
    expect(look()).toEqual([])
    expect(look()).toEqual([{ conversation: 'a~b', from: 3, seq: 5 }])
    expect([look(), isEmpty()]).toEqual([[], true])
  })

  test('is not lost when it comes before', () => {
    const { expect: wait, look, came, isEmpty } = watching()
    wait('a~b', 5, 5)
    expect(look()).toEqual([])
    came.set('a~b', 5)
    expect([look(), isEmpty()]).toEqual([[], true])
  })

  test('is not lost at the first look after the process stood still, for what came is still in the sockets', () => {
    const { expect: wait, look, came } = watching()
    wait('a~b', 5, 5)
    expect(look(30 * SECOND)).toEqual([])
    came.set('a~b', 5)
    expect(look()).toEqual([])
  })

  test('is not lost while the clock stands, however often one looks', () => {
    const { expect: wait, look } = watching()
    wait('a~b', 5, 5)
    for (let n = 0; n < 5; n++) expect(look(0)).toEqual([])
    expect(look()).toHaveLength(1)
  })

  test('waits for its own time where others of the conversation were late and came', () => {
    const { expect: wait, look, came } = watching()
    wait('a~b', 1, 5)
    look()
    wait('a~b', 6, 8)
    came.set('a~b', 6)
    // 5 came, 8 is known for no second yet
    expect(look()).toEqual([])
    expect(look()).toEqual([])
    expect(look()).toEqual([{ conversation: 'a~b', from: 7, seq: 8 }])
  })

  test('is lost on its own: other conversations go on', () => {
    const { expect: wait, look, came } = watching()
    wait('a~b', 1, 1)
    wait('a~c', 1, 1)
    came.set('a~c', 1)
    look()
    expect(look()).toEqual([{ conversation: 'a~b', from: 1, seq: 1 }])
  })
})
