import { chat as en } from '../locales/en/chat.ts'
import { firstLocale } from '../locales/first-locale.ts'
import { regional } from '../locales/regional.ts'
import type { Strings } from '../locales/strings.ts'
import { onDemand, type Asker, type OnDemand } from '../ui/on-demand.ts'

/** By primary language. English is built in; any other is fetched, and English is used until it has loaded. */
const LOCALES: Readonly<Record<string, OnDemand<Strings>>> = {
  zh: onDemand(() => import('../locales/zh-cn/chat.ts').then(({ chat }) => chat)),
}

export interface Language {
  readonly strings: Strings
  /** For dates and times. */
  readonly lang: string
}

const tagsFor = (wanted: string): string[] => [wanted, document.documentElement.lang, navigator.language]
const localeFor = (wanted: string): OnDemand<Strings> | undefined => firstLocale({ en: undefined, ...LOCALES }, tagsFor(wanted))

/** The language the page asks for, else the browser's. */
export function chatLanguage(wanted: string, asker: Asker): Language {
  const lang = tagsFor(wanted).find((tag) => tag) ?? ''
  return { strings: localeFor(wanted)?.(asker) ?? en, lang: regional(lang, navigator.languages) }
}

/** Resolves when the language has loaded, so that the first render uses it; also if it cannot be loaded, and English is used. */
export const languageReady = (wanted: string): Promise<void> => localeFor(wanted)?.settled() ?? Promise.resolve()
