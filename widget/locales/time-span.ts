const MINUTE = 60_000

/** How long somebody has been waiting, in one unit: 5 minutes, 3 hours, 2 days; undefined below a minute. */
export function timeSpan(ms: number, lang: string): string | undefined {
  const minutes = Math.floor(ms / MINUTE)
  if (minutes < 1) return undefined
  const [count, unit] = inOneUnit(minutes)
  try {
    return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
  } catch {
    return `${count} ${unit[0]}`
  }
}

function inOneUnit(minutes: number): readonly [number, 'minute' | 'hour' | 'day'] {
  if (minutes < 60) return [minutes, 'minute']
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day']
}
