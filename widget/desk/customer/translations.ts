import type { Message } from '../../../gateway/protocol/model.ts'
import type { Translation } from '../../chat/actions/message-actions.ts'
import type { DeskContext } from '../desk-context.ts'
import { languageOfTexts } from './language-of-texts.ts'

/** A page that answers nothing until then gives no translation. */
const ANSWER_MS = 15_000
const TEXT_LENGTH = 8000

/** In which language the customer of the open conversation writes; undefined where that is not sure. */
export function customerLanguage(messages: readonly Message[], to: string): string | undefined {
  return languageOfTexts(messages.filter(({ kind, side }) => side === to && kind === 'text').map(({ body }) => body.text))
}

/** Translations are the page's: the desk asks by `im-translate` and shows what it gets as text. */
export const translationBy = (desk: DeskContext): Translation => ({
  label: desk.words.translation.translate,
  failed: desk.words.translation.none,
  of: ({ id, side, body }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS)
      const respond = (text: unknown): void => {
        clearTimeout(timer)
        if (typeof text === 'string' && text.trim() !== '') resolve(text.slice(0, TEXT_LENGTH))
        else reject(new Error('no translation'))
      }
      const { controller, language } = desk.view
      desk.emit('im-translate', { id, text: body.text, from: customerLanguage(controller.messages, side), to: language.lang || 'en', respond })
    }),
})
