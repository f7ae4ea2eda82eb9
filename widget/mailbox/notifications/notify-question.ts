import { nothing, type TemplateResult } from 'lit'
import type { MailboxStrings } from '../../locales/mailbox-strings.ts'
import { question } from '../../ui/question.ts'
import type { Notifications } from './notifications.ts'

/** Asks once whether the page may tell of messages while it is in the background. */
export function notifyQuestion({ notices }: Notifications, { notifyAsk, notifyNo, notifyYes }: MailboxStrings): TemplateResult | typeof nothing {
  if (!notices.isAsking) return nothing
  return question(notifyAsk, [
    { text: notifyYes, onClick: () => void notices.turnOn() },
    { text: notifyNo, onClick: () => notices.decline() },
  ])
}
