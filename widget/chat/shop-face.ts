import type { Shop, Status } from '../../gateway/protocol/model.ts'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'
import { timeSpan } from '../locales/time-span.ts'
import { pictureAddress } from '../ui/picture-address.ts'
import { onDemand, type Asker } from '../ui/on-demand.ts'

/** Opening hours as the page sets them. */
export interface Hours {
  readonly timeZone: string
  readonly open: readonly string[]
}

/** What the page says of the shop; '' and undefined: nothing. */
export interface PageShop {
  readonly name: string
  readonly logo: string
  readonly greeting: string
  readonly hours: Hours | undefined
}

export interface FaceOptions {
  /** What the shop itself says. */
  readonly shop: Shop | undefined
  readonly page?: PageShop
  readonly asker: Asker
  readonly gateway: string
  readonly strings: Strings
  readonly lang: string
}

/** What is shown of a shop, in the reader's language and time. */
export interface ShopFace {
  readonly name: string | undefined
  readonly logo: string | undefined
  readonly greeting: string | undefined
  readonly questions: readonly string[]
  /** Whether it is closed now, and since when it is not; undefined: it is open or has no hours. */
  readonly closed: string | undefined
  readonly answersIn: string | undefined
}

const QUESTION_COUNT = 3
const TEXT_LENGTH = 500
const DAY_MS = 86_400_000

const spansOf = onDemand(() => import('../../gateway/protocol/opening-hours.ts').then(({ openingSpans }) => openingSpans))

const SAID_COUNT = 50
const said = new Map<string, string>()

/** A formatter is dear, and every render asks. */
function remembered(key: string, say: () => string): string {
  const known = said.get(key)
  if (known !== undefined) return known
  if (said.size >= SAID_COUNT) said.clear()
  const word = say()
  said.set(key, word)
  return word
}

/** The page's word counts before the shop's own, part by part. */
export function shopFace({ shop = {}, page, asker, gateway, strings, lang }: FaceOptions): ShopFace {
  const now = Date.now()
  const hours = page?.hours
  const open = hours ? spansOf(asker)?.(hours, now) : shop.open
  const minutes = shop.replyMinutes
  return {
    name: page?.name || shop.name,
    logo: pictureAddress(page?.logo || shop.logo, gateway),
    greeting: (page?.greeting || inLanguage(shop.greeting, lang))?.slice(0, TEXT_LENGTH),
    questions: (inLanguage(shop.questions, lang) ?? []).slice(0, QUESTION_COUNT),
    closed: open && closedWord(open, { now, strings, lang }),
    answersIn:
      minutes === undefined
        ? undefined
        : fill(strings.answersIn, { duration: remembered(`${lang} ${minutes}`, () => timeSpan(minutes * 60_000, lang) ?? `${minutes}`) }),
  }
}

/** The status below the name once it is final; '' before. */
export function shopStatus(
  { closed, answersIn }: ShopFace,
  { isThere, status, agent }: { isThere: boolean | undefined; status: Status | undefined; agent: string | undefined },
  { isOnline, statuses }: Strings,
): { readonly state: string; readonly word: string } | undefined {
  if (closed) return { state: 'offline', word: closed }
  if (isThere === undefined) return undefined
  const shown = isThere ? (status ?? 'online') : 'offline'
  if (shown !== 'online') return { state: shown, word: answersIn ?? statuses[shown] }
  return { state: 'live', word: agent ? fill(isOnline, { name: agent }) : statuses.online }
}

export interface NoteOptions {
  /** The last message is the reader's own, or there is none. */
  readonly isOwnTurn: boolean
  /** It is known that nobody is there. */
  readonly isGone: boolean
  readonly strings: Strings
}

/** What becomes of a message, for who writes or is about to while nobody is there. */
export function shopNote({ closed }: ShopFace, { isOwnTurn, isGone, strings }: NoteOptions): string | undefined {
  if (!isOwnTurn) return undefined
  if (closed) return fill(strings.keptClosed, { closed })
  return isGone ? strings.keptNobody : undefined
}

/** By the whole tag, by its language alone, else the first. */
function inLanguage<T>(values: Readonly<Record<string, T>> | undefined, lang: string): T | undefined {
  if (!values) return undefined
  const tags = Object.keys(values)
  const wanted = lang.toLowerCase()
  const primary = (tag: string): string => tag.toLowerCase().split('-')[0]!
  const tag = tags.find((each) => each.toLowerCase() === wanted) ?? tags.find((each) => primary(each) === primary(wanted)) ?? tags[0]
  return tag === undefined ? undefined : values[tag]
}

interface Now {
  readonly now: number
  readonly strings: Strings
  readonly lang: string
}

/** Undefined while it is open. Spans that have all passed are out of date and say nothing. */
function closedWord(spans: readonly (readonly number[])[], { now, strings, lang }: Now): string | undefined {
  const next = spans.find(([, to]) => to! > now)
  if (!next) return spans.length === 0 ? strings.closed : undefined
  const from = next[0]!
  if (from <= now) return undefined
  const isToday = new Date(from).toDateString() === new Date(now).toDateString()
  const format = (options: Intl.DateTimeFormatOptions): string =>
    remembered(`${lang} ${from} ${Object.keys(options).join()}`, () => {
      try {
        return new Intl.DateTimeFormat(lang, options).format(from)
      } catch {
        return new Date(from).toLocaleString()
      }
    })
  const time = format({ hour: 'numeric', minute: '2-digit' })
  if (isToday) return fill(strings.backAt, { time })
  const day = format(from - now < 6 * DAY_MS ? { weekday: 'short' } : { day: 'numeric', month: 'short' })
  return fill(strings.backOn, { day, time })
}
