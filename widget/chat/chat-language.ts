import { onDemand, type Asker } from '../ui/on-demand.ts'
import { en } from '../locales/en.ts'
import { firstLocale } from '../locales/first-locale.ts'
import { regional } from '../locales/regional.ts'
import type { Strings } from '../locales/strings.ts'

/** By primary language. English is at hand; any other is fetched, and English stands in for it until then. */
const LOCALES: Readonly<Record<string, (asker: Asker) => Strings | undefined>> = {
  en: () => en,
  zh: onDemand(() => import('../locales/zh-cn.ts').then(({ zhCn }) => zhCn)),
}

export interface Language {
  readonly strings: Strings
  /** For dates and times. */
  readonly lang: string
}

/** What the page wants, else what the browser speaks. */
export function chatLanguage(wanted: string, asker: Asker): Language {
  const tags = [wanted, document.documentElement.lang, navigator.language]
  const lang = tags.find((tag) => tag) ?? ''
  return { strings: firstLocale(LOCALES, tags)?.(asker) ?? en, lang: regional(lang, navigator.languages) }
}
