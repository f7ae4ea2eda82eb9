const MINUTE = 60_000

/** How long somebody has been waiting, in one unit: 5 minutes, 3 hours, 2 days; undefined below a minute. */
export function timeSpan(ms: number, lang: string): string | undefined {
  const minutes = Math.floor(ms / MINUTE)
  if (minutes < 1) return undefined
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 2880 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day']
  try {
    return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
  } catch {
    return `${count} ${unit[0]}`
  }
}
