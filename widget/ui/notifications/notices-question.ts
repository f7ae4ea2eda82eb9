import { nothing, type TemplateResult } from 'lit'
import type { Strings } from '../../locales/strings.ts'
import { question } from '../question.ts'
import type { DesktopNotices } from './desktop-notices.ts'

/** Asks before the browser does, which asks once. */
export function noticesQuestion(notices: DesktopNotices, { news }: Strings): TemplateResult | typeof nothing {
  if (!notices.isAsking) return nothing
  return question(news.ask, [
    { text: news.yes, onClick: () => void notices.turnOn() },
    { text: news.no, onClick: () => notices.decline() },
  ])
}
