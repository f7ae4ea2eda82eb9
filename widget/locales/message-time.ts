import type { Strings } from './strings.ts'

export interface MessageTime {
  /** 14:05 */
  time(at: number): string
  /** Today, Yesterday, Monday within the last week, else 3 May, with the year where it is another one. */
  day(at: number, now: number, strings: Strings): string
}

const known = new Map<string, MessageTime>()

/** One set of formatters a language. A tag the browser does not know falls back to its own. */
export function messageTime(lang: string): MessageTime {
  let found = known.get(lang)
  if (!found) known.set(lang, (found = timesIn(lang)))
  return found
}

function timesIn(lang: string): MessageTime {
  const time = formatter(lang, { hour: 'numeric', minute: '2-digit' })
  const weekday = formatter(lang, { weekday: 'long' })
  const date = formatter(lang, { day: 'numeric', month: 'long' })
  const full = formatter(lang, { day: 'numeric', month: 'long', year: 'numeric' })
  return {
    time,
    day(at, now, strings) {
      const days = Math.round((midnight(now) - midnight(at)) / 86_400_000)
      if (days === 0) return strings.today
      if (days === 1) return strings.yesterday
      if (days > 1 && days < 7) return weekday(at)
      return (new Date(at).getFullYear() === new Date(now).getFullYear() ? date : full)(at)
    },
  }
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** Made at its first use: on a slow phone each costs 20 to 60 ms, and most chats need one of the four. */
function formatter(lang: string, options: Intl.DateTimeFormatOptions): (at: number) => string {
  let format: Intl.DateTimeFormat | undefined
  return (at) => (format ??= made(lang, options)).format(at)
}

function made(lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(lang || undefined, options)
  } catch {
    return new Intl.DateTimeFormat(undefined, options)
  }
}
