import { deskStringsFor } from '../locales/desk-strings-for.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { regional } from '../locales/regional.ts'
import { stringsFor } from '../locales/strings-for.ts'
import type { Strings } from '../locales/strings.ts'

export interface MailboxLanguage {
  readonly strings: Strings
  readonly deskStrings: DeskStrings
  readonly lang: string
}

/** Of the element, else of the page, else of the browser. */
export function mailboxLanguage(own: string): MailboxLanguage {
  const tags = [own, document.documentElement.lang, navigator.language]
  const lang = tags.find((tag) => tag) ?? ''
  return { strings: stringsFor(...tags), deskStrings: deskStringsFor(...tags), lang: regional(lang, navigator.languages) }
}
