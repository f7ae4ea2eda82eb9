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
  isZoomed: false,
  hiddenLeft: 0,
  hiddenRight: 0,
  zoom: 1,
  magnification: 1,
  keyboardHeight: 0,
  keyboardTop: 0,
  hostBottom: 0,
  hostTop: 0,
})

let wasOpen = false
const isOpen = (height: number, more: Partial<Moment>): boolean => {
  const moment = { isFocused: true, wasOpen, isKeyboardPossible: true, isAtRest: false, isSettled: true, ...more }
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

describe('what an app says it covers', () => {
  /** How far from the window's bottom the composer stands. */
  const bottom = (height: number, hostBottom: number, more: Partial<Moment> = {}): number => {
    const moment = { isFocused: true, wasOpen: false, isKeyboardPossible: true, isAtRest: false, isSettled: true, ...more }
    return band({ ...windowOf(height), hostBottom }, moment, baselines)!.bottom
  }

  beforeEach(() => {
    baselines.set(400, 800)
  })

  test('counts once where the app shrinks the window by it, too, with or without its bars', () => {
    expect(bottom(500, 300)).toBe(0)
    expect(bottom(500, 348)).toBe(48)
    expect(bottom(460, 300)).toBe(0)
  })

  test('counts whole where the window is shorter for another reason', () => {
    expect(bottom(680, 300)).toBe(300)
    expect(bottom(400, 240)).toBe(240)
  })

  test('while both still move, what the window lost is taken for the keyboard', () => {
    expect(bottom(680, 300, { isSettled: false })).toBe(180)
  })

  test('keeps the height without a keyboard, whoever has the focus', () => {
    bottom(500, 300, { isFocused: false, isAtRest: true })
    bottom(500, 300, { isKeyboardPossible: false })
    expect(bottom(500, 300)).toBe(0)
  })

  test('a bar that is always there does not keep it', () => {
    bottom(600, 48, { isFocused: false, isAtRest: true })
    expect(baselines.get(400)).toBe(600)
  })
})
