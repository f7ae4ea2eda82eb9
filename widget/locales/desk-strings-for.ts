import { deskEn } from './desk-en.ts'
import type { DeskStrings } from './desk-strings.ts'
import { deskZhCn } from './desk-zh-cn.ts'

const LOCALES: Readonly<Record<string, DeskStrings>> = { en: deskEn, zh: deskZhCn }

/** As `stringsFor`: the table of the first language tag that has one. */
export function deskStringsFor(...tags: readonly (string | null | undefined)[]): DeskStrings {
  for (const tag of tags) {
    const strings = LOCALES[(tag ?? '').toLowerCase().split('-')[0]!]
    if (strings) return strings
  }
  return deskEn
}
