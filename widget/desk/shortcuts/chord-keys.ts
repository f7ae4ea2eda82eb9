/** Keyboards of Apple have other modifier keys, and write them as signs. */
export const IS_MAC = typeof navigator === 'object' && /Mac|iP(hone|ad|od)/.test(navigator.platform)

const KEYS: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', ' ': 'Space' }
const ON_MAC: Readonly<Record<string, string>> = { Mod: '⌘', Meta: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' }
const ELSEWHERE: Readonly<Record<string, string>> = { Mod: 'Ctrl', Meta: 'Win' }

/** The keys of a chord in the order they are written; a plus may be a key itself, as in "Ctrl++". */
export function splitChord(chord: string): readonly string[] {
  if (chord !== '+' && !chord.endsWith('++')) return chord.split('+').map((part) => part.trim())
  return [...chord.slice(0, -2).split('+').filter(Boolean), '+'].map((part) => part.trim())
}

/** What stands on the keys of a chord, on the keyboard of this platform. */
export const chordKeys = (chord: string, isMac = IS_MAC): readonly string[] =>
  splitChord(chord).map((key) => (isMac ? ON_MAC : ELSEWHERE)[key] ?? KEYS[key] ?? key)

/** A chord as it stands in a sentence or a tooltip: "Alt+N", "⌥N", "Ctrl + +". */
export function chordText(chord: string, isMac = IS_MAC): string {
  const keys = chordKeys(chord, isMac)
  return keys.join(isMac ? '' : keys[keys.length - 1] === '+' ? ' + ' : '+')
}
