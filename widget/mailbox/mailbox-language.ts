import { chat as en } from '../locales/en/chat.ts'
import { mailbox as mailboxEn } from '../locales/en/mailbox.ts'
import { firstLocale } from '../locales/first-locale.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import { regional } from '../locales/regional.ts'
import type { Strings } from '../locales/strings.ts'
import { chat as zhCn } from '../locales/zh-cn/chat.ts'
import { mailbox as mailboxZhCn } from '../locales/zh-cn/mailbox.ts'

/** By primary language; the first is the fallback. */
const LOCALES: Readonly<Record<string, Pick<MailboxLanguage, 'strings' | 'mailboxStrings'>>> = {
  en: { strings: en, mailboxStrings: mailboxEn },
  zh: { strings: zhCn, mailboxStrings: mailboxZhCn },
}

export interface MailboxLanguage {
  readonly strings: Strings
  readonly mailboxStrings: MailboxStrings
  readonly lang: string
}

/** Of the element, else of the page, else of the browser. */
export function mailboxLanguage(own: string): MailboxLanguage {
  const tags = [own, document.documentElement.lang, navigator.language]
  const lang = tags.find((tag) => tag) ?? ''
  return { ...(firstLocale(LOCALES, tags) ?? LOCALES.en!), lang: regional(lang, navigator.languages) }
}
