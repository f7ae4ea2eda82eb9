import { regional } from '../locales/regional.ts'
import type { Part } from '../locales/texts.ts'
import { onDemand } from './on-demand.ts'
import type { Language, Speaker } from './speaker.ts'

/** English is built in. Other languages, and the page's own texts, are fetched with what knows about them. */
const script = onDemand(() => import('./languages.ts'))

/** In order: of the element, of the page, of the browser. */
const tagsOf = (lang: string): readonly string[] => [lang, document.documentElement.lang, ...navigator.languages].filter((tag) => tag)

const isEnglish = ({ lang, strings }: Speaker): boolean => /^en\b/i.test(tagsOf(lang)[0] ?? 'en') && !strings && !('imChatLanguages' in window)

/** The texts of a part in the language that the element speaks; `english` until they have loaded. */
export function languageOf<T extends object>(part: Part, english: T, speaker: Speaker): Language<T> {
  const tags = tagsOf(speaker.lang)
  const found = isEnglish(speaker) ? undefined : script(speaker)?.languageIn(part, english, tags, speaker)
  return found ?? { texts: english, lang: regional(tags[0] ?? '', navigator.languages) }
}

/** Resolves when the texts have loaded, so that the first render uses them; also if they cannot be loaded. Undefined: there is nothing to wait for. */
export function languageReady(parts: readonly Part[], speaker: Speaker): Promise<unknown> | undefined {
  if (isEnglish(speaker)) return undefined
  return script.settled().then(() => script(speaker)?.settled(parts, tagsOf(speaker.lang)))
}
