/** Which key presses are a shortcut of the desk, and which write a letter of somebody's language. */
import { describe, expect, test } from 'vitest'
import { chordKeys, chordText } from '../../widget/desk/shortcuts/chord-keys.ts'
import { isChord, parseChord, typesCharacter } from '../../widget/desk/shortcuts/shortcuts.ts'

interface Press {
  readonly key: string
  readonly code: string
  readonly altKey?: boolean
  readonly ctrlKey?: boolean
  readonly metaKey?: boolean
  readonly shiftKey?: boolean
  readonly isAltGraph?: boolean
}

const eventOf = ({ isAltGraph = false, ...press }: Press): KeyboardEvent =>
  ({
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    ...press,
    getModifierState: (name: string) => name === 'AltGraph' && isAltGraph,
  }) as unknown as KeyboardEvent

describe('what writes a character in a field', () => {
  test.each([
    ['ą by Option+A on a Mac', true, { key: 'ą', code: 'KeyA', altKey: true }, true],
    ['ń by Option+N on a Mac', true, { key: 'ń', code: 'KeyN', altKey: true }, true],
    ['the dead ~ by Option+N on a US Mac', true, { key: 'Dead', code: 'KeyN', altKey: true }, true],
    ['Ctrl+Option+N on a Mac', true, { key: 'ñ', code: 'KeyN', altKey: true, ctrlKey: true }, false],
    ['Option+ArrowDown on a Mac', true, { key: 'ArrowDown', code: 'ArrowDown', altKey: true }, false],
    ['Cmd+Option+I on a Mac', true, { key: 'ˆ', code: 'KeyI', altKey: true, metaKey: true }, false],
    ['ś by AltGr+S on Windows, which says Ctrl and Alt', false, { key: 'ś', code: 'KeyS', altKey: true, ctrlKey: true, isAltGraph: true }, true],
    ['ą by AltGr+A on Linux', false, { key: 'ą', code: 'KeyA', isAltGraph: true }, true],
    ['Alt+N on Windows', false, { key: 'n', code: 'KeyN', altKey: true }, false],
    ['Ctrl+Alt+N on Windows', false, { key: 'n', code: 'KeyN', altKey: true, ctrlKey: true }, false],
  ] as const)('%s', (_name, isMac, press, writes) => {
    expect(typesCharacter(eventOf(press), isMac)).toBe(writes)
  })
})

describe('what is Alt+N', () => {
  test.each([
    ['Alt+N on Windows', false, { key: 'n', code: 'KeyN', altKey: true }, true],
    ['Option+N on a Mac', true, { key: 'Dead', code: 'KeyN', altKey: true }, true],
    ['Ctrl+Option+N on a Mac', true, { key: 'ñ', code: 'KeyN', altKey: true, ctrlKey: true }, true],
    ['Ctrl+Alt+N on Windows', false, { key: 'n', code: 'KeyN', altKey: true, ctrlKey: true }, false],
    ['Alt+Shift+N', false, { key: 'N', code: 'KeyN', altKey: true, shiftKey: true }, false],
    ['N', false, { key: 'n', code: 'KeyN' }, false],
  ] as const)('%s', (_name, isMac, press, isIt) => {
    expect(isChord(eventOf(press), parseChord('Alt+N')!, isMac)).toBe(isIt)
  })
})

describe('a chord as people read it', () => {
  test.each([
    ['Mod+Enter', ['Ctrl', 'Enter'], ['⌘', 'Enter']],
    ['Ctrl++', ['Ctrl', '+'], ['⌃', '+']],
    ['Alt+Shift+ArrowDown', ['Alt', 'Shift', '↓'], ['⌥', '⇧', '↓']],
    ['+', ['+'], ['+']],
    ['?', ['?'], ['?']],
  ])('%s', (chord, elsewhere, onMac) => {
    expect(chordKeys(chord, false)).toEqual(elsewhere)
    expect(chordKeys(chord, true)).toEqual(onMac)
  })

  test('in a sentence', () => {
    expect([chordText('Alt+N', false), chordText('Alt+N', true), chordText('Ctrl++', false)]).toEqual(['Alt+N', '⌥N', 'Ctrl + +'])
  })

  test('a plus with a modifier is a chord, a chord without its key is none', () => {
    expect(parseChord('Ctrl++')).toMatchObject({ key: '+', ctrl: true })
    expect(parseChord('Alt+')).toBeUndefined()
  })
})
