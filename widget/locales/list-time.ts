const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter costs more than using it a hundred times. A tag the browser does not take falls back to its own. */
function format(lang: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang} ${name}`
  let made = formats.get(key)
  if (!made) {
    try {
      made = new Intl.DateTimeFormat(lang, options)
    } catch {
      made = new Intl.DateTimeFormat(undefined, options)
    }
    formats.set(key, made)
  }
  return made
}

const dayStart = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** A time as short as a list needs it: 14:05 today, "Yesterday", Mon within the last week, 3 May, 3 May 2024. */
export function listTime(at: number, now: number, { lang, yesterday }: { lang: string; yesterday: string }): string {
  const days = Math.round((dayStart(now) - dayStart(at)) / 86_400_000)
  if (days <= 0) return format(lang, 'time', { hour: 'numeric', minute: '2-digit' }).format(at)
  if (days === 1) return yesterday
  if (days < 7) return format(lang, 'weekday', { weekday: 'short' }).format(at)
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) {
    return format(lang, 'day', { day: 'numeric', month: 'short' }).format(at)
  }
  return format(lang, 'date', { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}
