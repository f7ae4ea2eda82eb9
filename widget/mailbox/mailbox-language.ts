import { mailboxStringsFor } from '../locales/mailbox-strings-for.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import { regional } from '../locales/regional.ts'
import { stringsFor } from '../locales/strings-for.ts'
import type { Strings } from '../locales/strings.ts'

export interface MailboxLanguage {
  readonly strings: Strings
  readonly mailboxStrings: MailboxStrings
  readonly lang: string
}

/** Of the element, else of the page, else of the browser. */
export function mailboxLanguage(own: string): MailboxLanguage {
  const tags = [own, document.documentElement.lang, navigator.language]
  const lang = tags.find((tag) => tag) ?? ''
  return { strings: stringsFor(...tags), mailboxStrings: mailboxStringsFor(...tags), lang: regional(lang, navigator.languages) }
}
