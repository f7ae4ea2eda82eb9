import { chordKeys } from './chord-keys.ts'
import { IS_MAC } from './is-mac.ts'

/** A chord as it stands in a sentence or a tooltip: "Alt+N", "⌥N", "Ctrl + +". */
export function chordText(chord: string, isMac = IS_MAC): string {
  const keys = chordKeys(chord, isMac)
  return keys.join(isMac ? '' : keys[keys.length - 1] === '+' ? ' + ' : '+')
}
