import type { OwnTexts } from './texts.ts'

/**
 * Adds a language, or changes texts of one that is there, for every element of the page, also those that are on screen. What is absent is English.
 * The loader has the same as `imChat.registerLanguage`. Several copies of the widget on one page share what they know.
 */
export function registerLanguage(tag: string, texts: OwnTexts): void {
  if (typeof window === 'undefined') return
  const page = window as Window & { imChatLanguages?: Record<string, OwnTexts> }
  const languages = (page.imChatLanguages ??= {})
  languages[tag] = texts
  dispatchEvent(new Event('im-language'))
}
