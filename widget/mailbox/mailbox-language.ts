import { chat } from '../locales/en/chat.ts'
import { mailbox } from '../locales/en/mailbox.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import type { Strings } from '../locales/strings.ts'
import { languageOf } from '../ui/language-of.ts'
import type { Speaker } from '../ui/speaker.ts'

export interface MailboxLanguage {
  readonly strings: Strings
  readonly mailboxStrings: MailboxStrings
  readonly lang: string
}

/** Of the element, else of the page, else of the browser. */
export function mailboxLanguage(speaker: Speaker): MailboxLanguage {
  const { texts: strings, lang } = languageOf('chat', chat, speaker)
  return { strings, lang, mailboxStrings: languageOf('mailbox', mailbox, speaker).texts }
}
