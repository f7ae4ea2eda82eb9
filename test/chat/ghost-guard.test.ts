/** Which text is a ghost: by what happened between the send and its coming, on a clock that the test moves. */
import { beforeEach, describe, expect, test } from 'vitest'
import { GhostGuard } from '../../widget/chat/composer/ghost-guard.ts'

let now = 0
let guard: GhostGuard
const isGhost = (inputType: string, text: string, before = ''): boolean => guard.isGhost({ inputType, data: text }, before, text)

/** Typed letter by letter, then sent. */
function send(text: string): void {
  for (let at = 1; at <= text.length; at++) {
    const key = text[at - 1]!
    guard.pressed({ key } as KeyboardEvent)
    guard.isGhost({ inputType: 'insertText', data: key }, text.slice(0, at - 1), text.slice(0, at))
  }
  guard.sent(text)
}

beforeEach(() => {
  now = 10_000
  guard = new GhostGuard(() => now)
})

describe('a correction', () => {
  // prettier-ignore
  test.each([
    ['sendd', 'send'], ['open the door', 'Open the door.'], ['see you tomorow', 'tomorrow'], ['teh', 'the'], ['wont', "won't"], ['hello', 'hello'], ['omw', 'On my way!'],
  ])('of "%s" to "%s" is a ghost at once', (sent, text) => {
    send(sent)
    now += 80
    expect(isGhost('insertReplacementText', text)).toBe(true)
  })

  // prettier-ignore
  test.each([
    ['sendd', 'send', true], ['open the door', 'Open the door.', true], ['see you tomorow', 'tomorrow', true], ['hello', 'hello', true],
    ['omw', 'On my way!', false], ['hello', 'thanks', false], ['hello', '👍', false],
  ])('of "%s" to "%s" after two seconds: %s', (sent, text, expected) => {
    send(sent)
    now += 2000
    expect(isGhost('insertReplacementText', text)).toBe(expected)
  })

  test('is ignored after three seconds', () => {
    send('sendd')
    now += 3001
    expect(isGhost('insertReplacementText', 'send')).toBe(false)
  })

  test.each(['insertFromDictation', 'insertFromComposition', 'insertCompositionText'])('comes as %s too', (inputType) => {
    send('hello')
    now += 700
    expect(isGhost(inputType, 'hello')).toBe(true)
  })

  test('comes twice, as dictation does it', () => {
    send('open the door')
    now += 50
    expect(isGhost('insertReplacementText', 'Open the door')).toBe(true)
    now += 500
    expect(isGhost('insertReplacementText', 'Open the door.')).toBe(true)
  })
})

describe('several letters at once', () => {
  test.each([
    [80, 'hello', true],
    [80, 'Hello.', true],
    [900, 'Hello.', true],
    [900, 'hello', false],
    [80, 'thanks', false],
    [80, 'h', false],
    [80, '👍', false],
  ])('after %d ms, "%s" after "hello": %s', (ms, text, expected) => {
    send('hello')
    now += ms
    expect(isGhost('insertText', text)).toBe(expected)
  })

  test('short words are too much alike to be compared letter by letter later', () => {
    send('I want to')
    now += 900
    expect(isGhost('insertText', 'do')).toBe(false)
  })

  test('an engine without input types', () => {
    send('hello')
    now += 80
    expect(guard.isGhost({} as InputEvent, '', 'hello')).toBe(true)
  })
})

describe("the person's text", () => {
  test.each(['Yes', '👍', '好的'])('the suggestion "%s" is tapped again, however soon', (text) => {
    isGhost('insertText', text)
    guard.sent(text)
    expect(isGhost('insertText', text)).toBe(false)
  })

  test.each(['k', '好'])('not "%s", which a key wrote and which comes back without one', (text) => {
    send(text)
    now += 30
    expect(isGhost('insertText', text)).toBe(true)
  })

  test('an emoji that ended the text before', () => {
    send('ok 👍')
    now += 80
    expect(isGhost('insertText', '👍')).toBe(false)
  })

  test.each(['insertFromPaste', 'insertFromDrop', 'historyUndo', 'deleteContentBackward'])('%s is asked for', (inputType) => {
    send('hello')
    expect(isGhost(inputType, 'hello')).toBe(false)
  })

  test('a field that is not empty', () => {
    send('hello')
    expect(isGhost('insertReplacementText', 'hello', 'hell')).toBe(false)
  })

  test('after a key that can write, after a finger; not after Enter and Shift, which write nothing', () => {
    for (const key of ['Enter', 'Shift', 'Meta']) {
      send('sendd')
      guard.pressed({ key } as KeyboardEvent)
      expect(isGhost('insertReplacementText', 'send'), key).toBe(true)
    }
    for (const key of ['a', 'Unidentified', 'Process', 'Backspace']) {
      send('sendd')
      guard.pressed({ key } as KeyboardEvent)
      expect(isGhost('insertReplacementText', 'send'), key).toBe(false)
    }
    send('sendd')
    guard.acted()
    expect(isGhost('insertReplacementText', 'send')).toBe(false)
  })

  test('before anything was sent', () => {
    expect(isGhost('insertReplacementText', 'hello')).toBe(false)
  })
})

test('four thousand letters are compared at once', () => {
  const text = 'abcd '.repeat(800)
  send(text)
  now += 2000
  expect(isGhost('insertReplacementText', text.replace('abcd', 'abce'))).toBe(true)
  expect(isGhost('insertReplacementText', 'dcba '.repeat(800))).toBe(false)
})

describe('texts like one another', () => {
  test.each([
    ['insertText', 'order 41', 'order 42'],
    ['insertReplacementText', 'room 7', 'room 8'],
    ['insertText', '订单 ４１', '订单 ４２'],
  ])('that differ in a number are the person’s (%s)', (inputType, sent, text) => {
    send(sent)
    now += 500
    expect(isGhost(inputType, text)).toBe(false)
  })

  test('that a program fills in one after another stay, however fast; of a dictated text only its punctuation is a ghost', () => {
    for (const text of ['test a', 'test b', 'test bc']) {
      expect(isGhost('insertText', text)).toBe(false)
      guard.sent(text)
      now += 5
    }
    expect(isGhost('insertText', 'Test bc.')).toBe(true)
  })
})
