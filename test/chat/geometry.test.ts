/** When a window that became shorter counts as a soft keyboard. Where the composer stands then is tested in the browser. */
import { beforeEach, describe, expect, test } from 'vitest'
import { band, type Baselines, type Measurement, type Moment } from '../../widget/chat/viewport/geometry.ts'

let baselines: Baselines

/** A window of this height and nothing over it: what developer tools leave as well as a keyboard with `adjustResize`. */
const windowOf = (height: number): Measurement => ({
  fixedTop: 0,
  fixedBottom: height,
  boxTop: 0,
  boxBottom: height,
  boxLeft: 0,
  boxRight: 400,
  width: 400,
  height,
  offsetTop: 0,
  scale: 1,
  keyboardHeight: 0,
  keyboardTop: 0,
  hostBottom: 0,
  hostTop: 0,
})

let wasOpen = false
const isOpen = (height: number, more: Partial<Moment>): boolean => {
  const moment = { isFocused: true, wasOpen, isKeyboardPossible: true, isAtRest: false, ...more }
  return (wasOpen = band(windowOf(height), moment, baselines)!.isOpen)
}

beforeEach(() => {
  baselines = new Map()
  wasOpen = false
})

describe('a window that becomes shorter while the field has the focus', () => {
  test('is a keyboard where one is possible', () => {
    isOpen(800, { isFocused: false })
    expect(isOpen(500, {})).toBe(true)
    expect(isOpen(800, {})).toBe(false)
  })

  test('is none where there is no sign of one', () => {
    isOpen(800, { isFocused: false, isKeyboardPossible: false })
    expect(isOpen(500, { isKeyboardPossible: false })).toBe(false)
    expect(isOpen(500, { isKeyboardPossible: true }), 'a finger comes later: the window is as it was').toBe(false)
  })
})

describe('the height without a keyboard', () => {
  test('shrinks when nobody has written for a while', () => {
    isOpen(800, { isFocused: false })
    isOpen(600, { isFocused: false, isAtRest: true })
    expect(isOpen(600, {})).toBe(false)
    expect(isOpen(300, {})).toBe(true)
  })

  test('does not shrink while a keyboard may still be going', () => {
    isOpen(800, { isFocused: false })
    isOpen(500, {})
    isOpen(500, { isFocused: false })
    isOpen(500, { isFocused: false })
    expect(isOpen(500, {})).toBe(true)
  })
})
