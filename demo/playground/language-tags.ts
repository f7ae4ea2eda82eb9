/** The languages that the elements speak, as a page writes them in `lang`. A test compares them with widget/locales. */
export const LANGUAGE_TAGS: readonly string[] = ['en', 'ar', 'de', 'es', 'fr', 'id', 'ja', 'ko', 'pt-BR', 'ru', 'th', 'vi', 'zh-CN', 'zh-TW']

/** What its speakers call a language. */
export const ownName = (tag: string): string => new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
