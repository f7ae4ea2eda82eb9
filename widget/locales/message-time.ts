import type { Strings } from './strings.ts'

export interface MessageTime {
  /** 14:05 */
  time(at: number): string
  /** Today, Yesterday, Monday within the last week, else 3 May, with the year where it is another one. */
  day(at: number, now: number, strings: Strings): string
}

const made = new Map<string, MessageTime>()

/** Formatters are dear to make and cheap to use: one set a language. A tag the browser does not know falls back to its own. */
export function messageTime(lang: string): MessageTime {
  let found = made.get(lang)
  if (!found) made.set(lang, (found = make(lang)))
  return found
}

function make(lang: string): MessageTime {
  const time = format(lang, { hour: 'numeric', minute: '2-digit' })
  const weekday = format(lang, { weekday: 'long' })
  const date = format(lang, { day: 'numeric', month: 'long' })
  const full = format(lang, { day: 'numeric', month: 'long', year: 'numeric' })
  return {
    time: (at) => time.format(at),
    day(at, now, strings) {
      const days = Math.round((midnight(now) - midnight(at)) / 86_400_000)
      if (days === 0) return strings.today
      if (days === 1) return strings.yesterday
      if (days > 1 && days < 7) return weekday.format(at)
      return (new Date(at).getFullYear() === new Date(now).getFullYear() ? date : full).format(at)
    },
  }
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

function format(lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(lang || undefined, options)
  } catch {
    return new Intl.DateTimeFormat(undefined, options)
  }
}
