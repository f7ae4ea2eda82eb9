import { en } from './en.ts'
import { firstLocale } from './first-locale.ts'
import type { Strings } from './strings.ts'
import { zhCn } from './zh-cn.ts'

/** By primary language; the first is what everybody else gets. */
const LOCALES: Readonly<Record<string, Strings>> = { en, zh: zhCn }

export const stringsFor = (...tags: readonly string[]): Strings => firstLocale(LOCALES, tags) ?? en
