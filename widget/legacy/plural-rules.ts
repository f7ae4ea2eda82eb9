/** Intl.PluralRules for engines without it (Chromium 62, Safari 12): whole numbers in the languages that the widget speaks. */
{
  const slavic = (n: number): string => {
    if (n % 10 === 1 && n % 100 !== 11) return 'one'
    return n % 10 >= 2 && n % 10 <= 4 && !(n % 100 >= 12 && n % 100 <= 14) ? 'few' : 'many'
  }
  const arabic = (n: number): string => {
    if (n < 3) return ['zero', 'one', 'two'][n]!
    return n % 100 >= 3 && n % 100 <= 10 ? 'few' : n % 100 >= 11 ? 'many' : 'other'
  }
  const RULES: Readonly<Record<string, (n: number) => string>> = {
    ar: arabic,
    ru: slavic,
    fr: (n) => (n < 2 ? 'one' : 'other'),
    pt: (n) => (n < 2 ? 'one' : 'other'),
  }
  for (const lang of ['id', 'ja', 'ko', 'th', 'vi', 'zh']) Object.assign(RULES, { [lang]: () => 'other' })
  class PlainRules {
    readonly select: (n: number) => string
    readonly resolvedOptions: () => { readonly locale: string }
    constructor(tag: string) {
      this.select = RULES[tag.slice(0, 2)] || ((n) => (n === 1 ? 'one' : 'other'))
      this.resolvedOptions = () => ({ locale: tag })
    }
  }
  if (!('PluralRules' in Intl)) Object.assign(Intl, { PluralRules: PlainRules })
}
