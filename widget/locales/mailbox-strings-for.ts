import { mailboxEn } from './mailbox-en.ts'
import type { MailboxStrings } from './mailbox-strings.ts'
import { mailboxZhCn } from './mailbox-zh-cn.ts'
import { firstLocale } from './first-locale.ts'

const LOCALES: Readonly<Record<string, MailboxStrings>> = { en: mailboxEn, zh: mailboxZhCn }

export const mailboxStringsFor = (...tags: readonly string[]): MailboxStrings => firstLocale(LOCALES, tags) ?? mailboxEn
