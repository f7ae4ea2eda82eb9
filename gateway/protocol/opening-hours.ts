/**
 * When a shop is open, as times since the epoch. Pure arithmetic over `Intl`; the gateway uses it for a shop's record, and the widget for the
 * hours that a page sets.
 */

/** As schema.org writes them: `Mo-Fr 09:00-18:00`, `Sa,Su 10:00-14:00`. What ends before it begins ends on the next day. */
export interface Hours {
  /** An IANA time zone, like `Europe/Berlin`. */
  readonly timeZone: string
  readonly open: readonly string[]
}

/** From and to, ms since the epoch. */
export type Span = readonly [from: number, to: number]

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAYS = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa']
/** One line of hours. */
export const HOURS_LINE =
  '^(Mo|Tu|We|Th|Fr|Sa|Su)([,-](Mo|Tu|We|Th|Fr|Sa|Su)){0,6} ([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
const LINE = new RegExp(HOURS_LINE)
/** How far ahead the spans go. */
const AHEAD_DAYS = 8
const SPAN_COUNT = 24

interface Rule {
  readonly days: ReadonlySet<number>
  /** Minutes of the day. */
  readonly from: number
  readonly to: number
}

/**
 * The spans that end after `now`, ascending, none touching the next, for about a week. Undefined where the engine does not know the time zone
 * or a line cannot be read.
 */
export function openingSpans({ timeZone, open }: Hours, now: number): Span[] | undefined {
  const offset = offsetsOf(timeZone)
  const rules = open.map(ruleOf)
  if (offset === undefined || rules.includes(undefined)) return undefined
  const today = Math.floor((now + offset(now)) / DAY_MS)
  const spans: Span[] = []
  for (let day = today - 1; day <= today + AHEAD_DAYS; day++) {
    for (const { days, from, to } of rules as readonly Rule[]) {
      // day 0 of the epoch was a Thursday
      if (!days.has((((day + 4) % 7) + 7) % 7)) continue
      const at = (minutes: number): number => instant(day * DAY_MS + minutes * MINUTE_MS, offset)
      spans.push([at(from), at(to > from ? to : to + 1440)])
    }
  }
  return joined(spans)
    .filter(([, to]) => to > now)
    .slice(0, SPAN_COUNT)
}

/** The date that a zone's clocks show at an instant, as 2026-11-28; undefined: an unknown zone. */
export function dateIn(timeZone: string, at: number): string | undefined {
  const offset = offsetsOf(timeZone)
  return offset && new Date(at + offset(at)).toISOString().slice(0, 10)
}

/** Whether this engine knows the time zone. */
export const isTimeZone = (timeZone: string): boolean => offsetsOf(timeZone) !== undefined

function ruleOf(line: string): Rule | undefined {
  if (!LINE.test(line)) return undefined
  const [names = '', times = ''] = line.split(' ')
  const days = new Set<number>()
  for (const part of names.split(',')) {
    const [first, last = first] = part.split('-').map((name) => DAYS.indexOf(name)) as [number, number?]
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day)
      if (day === last) break
    }
  }
  const [from, to] = times.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) as [number, number]
  return { days, from, to }
}

/** The instant at which the zone's clocks show `local`, which is written as if they showed UTC. */
function instant(local: number, offset: (at: number) => number): number {
  const guess = local - offset(local)
  return local - offset(guess)
}

/** How far a zone's clocks are before UTC at an instant; undefined: an unknown zone. */
function offsetsOf(timeZone: string): ((at: number) => number) | undefined {
  let format: Intl.DateTimeFormat
  try {
    // engines of 2016 have no parts
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn', ...fields })
    format.formatToParts(0)
  } catch {
    return undefined
  }
  return (at) => {
    const parts: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value)
    const { year, month, day, hour, minute, second } = parts as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
    // engines that do not know `hourCycle` call midnight 24
    return Date.UTC(year, month - 1, day, hour % 24, minute, second) - Math.floor(at / 1000) * 1000
  }
}

function joined(spans: Span[]): Span[] {
  const result: [number, number][] = []
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1]
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
