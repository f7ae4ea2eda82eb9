import { IS_MAC } from './is-mac.ts'
import { splitChord } from './split-chord.ts'

const KEYS: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', ' ': 'Space' }
const ON_MAC: Readonly<Record<string, string>> = { Mod: '⌘', Meta: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' }
const ELSEWHERE: Readonly<Record<string, string>> = { Mod: 'Ctrl', Meta: 'Win' }

/** What stands on the keys of a chord, on the keyboard of this platform. */
export const chordKeys = (chord: string, isMac = IS_MAC): readonly string[] =>
  splitChord(chord).map((key) => (isMac ? ON_MAC : ELSEWHERE)[key] ?? KEYS[key] ?? key)
