import { firstLocale } from './first-locale.ts'
import { deskEn } from './desk-en.ts'
import type { DeskStrings } from './desk-strings.ts'
import { deskZhCn } from './desk-zh-cn.ts'

const LOCALES: Readonly<Record<string, DeskStrings>> = { en: deskEn, zh: deskZhCn }

/** As `mailboxStringsFor`. */
export const deskStringsFor = (...tags: readonly string[]): DeskStrings => firstLocale(LOCALES, tags) ?? deskEn
