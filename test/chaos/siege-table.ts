import type { SiegeReport } from './siege.ts'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

/** The report as text: the books, the delays, and how often each fault struck. */
export function siegeTable({ books, strikes, seconds: lasted, delayMs, longestOfflineMs }: SiegeReport): string {
  const counts = new Map<string, number>()
  for (const name of strikes) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [
    Object.entries(books)
      .map(([key, value]) => `${key} ${value as number}`)
      .join('  '),
    `from writing to the other screen: p50 ${seconds(delayMs.p50)}, p99 ${seconds(delayMs.p99)}, worst ${seconds(delayMs.worst)}; ` +
      `longest offline ${seconds(longestOfflineMs)}`,
    `${strikes.length} faults in ${lasted.toFixed(0)} s: ${[...counts].map(([name, count]) => `${count} × ${name}`).join(', ')}`,
  ].join('\n')
}
