/** Longer differences are none that a keyboard corrects, and comparing them takes time. */
const LONGEST = 64

/** How many characters one keyboard mistake after another has to change, add, leave out or swap with its neighbour. Infinity: far more than a few. */
export function editDistance(one: string, other: string): number {
  let start = 0
  while (start < one.length && one[start] === other[start]) start++
  let end = 0
  while (end < Math.min(one.length, other.length) - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  const a = one.slice(start, one.length - end)
  const b = other.slice(start, other.length - end)
  if (Math.max(a.length, b.length) > LONGEST) return Infinity
  const rows: number[][] = []
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = (rows[i] = [i])
    for (let j = 1; j <= b.length; j++) {
      if (i === 0) row[j] = j
      else {
        const above = rows[i - 1]!
        row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1)
      }
    }
  }
  return rows[a.length]![b.length]!
}
