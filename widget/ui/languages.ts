import { complete } from '../locales/complete.ts'
import { nearest, spoken } from '../locales/language-tags.ts'
import { regional } from '../locales/regional.ts'
import type { Part, Texts } from '../locales/texts.ts'
import { onDemand, type OnDemand } from './on-demand.ts'
import type { Language, Speaker } from './speaker.ts'

type Fetched = { readonly [P in Part]: OnDemand<Texts[P]> }
type Load<P extends Part> = () => Promise<Readonly<Record<P, Texts[P]>>>

const fetched = (chat: Load<'chat'>, mailbox: Load<'mailbox'>, desk: Load<'desk'>): Fetched => ({
  chat: onDemand(() => chat().then((file) => file.chat)),
  mailbox: onDemand(() => mailbox().then((file) => file.mailbox)),
  desk: onDemand(() => desk().then((file) => file.desk)),
})

const ar = fetched(
  () => import('../locales/ar/chat.ts'),
  () => import('../locales/ar/mailbox.ts'),
  () => import('../locales/ar/desk.ts'),
)
const de = fetched(
  () => import('../locales/de/chat.ts'),
  () => import('../locales/de/mailbox.ts'),
  () => import('../locales/de/desk.ts'),
)
const es = fetched(
  () => import('../locales/es/chat.ts'),
  () => import('../locales/es/mailbox.ts'),
  () => import('../locales/es/desk.ts'),
)
const fr = fetched(
  () => import('../locales/fr/chat.ts'),
  () => import('../locales/fr/mailbox.ts'),
  () => import('../locales/fr/desk.ts'),
)
const id = fetched(
  () => import('../locales/id/chat.ts'),
  () => import('../locales/id/mailbox.ts'),
  () => import('../locales/id/desk.ts'),
)
const ja = fetched(
  () => import('../locales/ja/chat.ts'),
  () => import('../locales/ja/mailbox.ts'),
  () => import('../locales/ja/desk.ts'),
)
const ko = fetched(
  () => import('../locales/ko/chat.ts'),
  () => import('../locales/ko/mailbox.ts'),
  () => import('../locales/ko/desk.ts'),
)
const ptBr = fetched(
  () => import('../locales/pt-br/chat.ts'),
  () => import('../locales/pt-br/mailbox.ts'),
  () => import('../locales/pt-br/desk.ts'),
)
const ru = fetched(
  () => import('../locales/ru/chat.ts'),
  () => import('../locales/ru/mailbox.ts'),
  () => import('../locales/ru/desk.ts'),
)
const th = fetched(
  () => import('../locales/th/chat.ts'),
  () => import('../locales/th/mailbox.ts'),
  () => import('../locales/th/desk.ts'),
)
const vi = fetched(
  () => import('../locales/vi/chat.ts'),
  () => import('../locales/vi/mailbox.ts'),
  () => import('../locales/vi/desk.ts'),
)
const zhCn = fetched(
  () => import('../locales/zh-cn/chat.ts'),
  () => import('../locales/zh-cn/mailbox.ts'),
  () => import('../locales/zh-cn/desk.ts'),
)
const zhTw = fetched(
  () => import('../locales/zh-tw/chat.ts'),
  () => import('../locales/zh-tw/mailbox.ts'),
  () => import('../locales/zh-tw/desk.ts'),
)

/** By tag; what is longer than these is found by its beginning. `in` is what Android calls Indonesian. */
const LANGUAGES: Readonly<Record<string, Fetched | undefined>> = {
  ar,
  de,
  es,
  fr,
  id,
  ja,
  ko,
  ru,
  th,
  vi,
  in: id,
  pt: ptBr,
  zh: zhCn,
  'zh-tw': zhTw,
  'zh-hant': zhTw,
  'zh-hk': zhTw,
  'zh-mo': zhTw,
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What `registerLanguage` was given, by tag; the page may put anything there. */
function registered(): Readonly<Record<string, unknown>> {
  const { imChatLanguages } = window as { imChatLanguages?: unknown }
  return isObject(imChatLanguages) ? (imChatLanguages as Record<string, unknown>) : {}
}

const known = (): readonly Readonly<Record<string, unknown>>[] => [registered(), LANGUAGES, { en: {} }]

interface Made {
  readonly layers: readonly unknown[]
  readonly tag: string
  readonly texts: object
}

/** By the English texts and the page's own: each render asks several times. */
const made = new WeakMap<object, WeakMap<object, Made>>()
const NONE = {}

/** The language whose plural rules hold; a tag that is none throws. */
function rulesOf(tag: string): string {
  try {
    return new Intl.PluralRules(tag).resolvedOptions().locale
  } catch {
    return 'en'
  }
}

interface Wanted<T> {
  readonly part: Part
  readonly english: T
  readonly own: unknown
  readonly layers: readonly unknown[]
  readonly tag: string
}

function texts<T extends object>({ english, own, part, layers, tag }: Wanted<T>): T {
  const key = isObject(own) ? own : NONE
  const byOwn = made.get(english) ?? new WeakMap<object, Made>()
  const last = byOwn.get(key)
  if (last && last.tag === tag && last.layers.every((layer, at) => layer === layers[at])) return last.texts as T
  const bad: string[] = []
  const next = complete(english, { layers, tag: rulesOf(tag), onBad: (path) => bad.push(path) }, part)
  if (bad.length > 0) console.warn(`im-chat: no text that can be used, so what was there before stays: ${[...new Set(bad)].join(', ')}`)
  byOwn.set(key, { layers, tag, texts: next })
  made.set(english, byOwn)
  return next
}

/** The texts of a part in the first language that is known; what it lacks is `english`, and so is all of it until it has loaded. */
export function languageIn<T extends object>(part: Part, english: T, tags: readonly string[], speaker: Speaker): Language<T> {
  const tag = spoken(known(), tags) ?? 'en'
  const layers = [partOf(speaker.strings, part), partOf(nearest(registered(), tag), part), nearest(LANGUAGES, tag)?.[part](speaker)]
  return { texts: texts({ english, own: speaker.strings, part, layers, tag }), lang: regional(tag, navigator.languages) }
}

/** A getter of the page may throw. */
function partOf(own: unknown, part: Part): unknown {
  try {
    return isObject(own) ? (own as Record<string, unknown>)[part] : undefined
  } catch {
    return undefined
  }
}

/** Resolves when the files of these parts have loaded, or failed to. */
export function settled(parts: readonly Part[], tags: readonly string[]): Promise<unknown> {
  const language = nearest(LANGUAGES, spoken(known(), tags) ?? 'en')
  return Promise.all(parts.map((part) => language?.[part].settled()))
}
