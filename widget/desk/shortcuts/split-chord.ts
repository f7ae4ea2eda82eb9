/** The keys of a chord in the order they are written; a plus may be a key itself, as in "Ctrl++". */
export function splitChord(chord: string): readonly string[] {
  if (chord !== '+' && !chord.endsWith('++')) return chord.split('+').map((part) => part.trim())
  return [...chord.slice(0, -2).split('+').filter(Boolean), '+'].map((part) => part.trim())
}
