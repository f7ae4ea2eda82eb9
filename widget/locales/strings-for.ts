import { en } from './en.ts'
import type { Strings } from './strings.ts'
import { zhCn } from './zh-cn.ts'

/** By primary language; the first is what everybody else gets. */
const LOCALES: Readonly<Record<string, Strings>> = { en, zh: zhCn }

/** The table of the first language tag that has one: `lang` of the element, then of the page, then of the browser. */
export function stringsFor(...tags: readonly (string | null | undefined)[]): Strings {
  for (const tag of tags) {
    const strings = LOCALES[(tag ?? '').toLowerCase().split('-')[0]!]
    if (strings) return strings
  }
  return en
}
