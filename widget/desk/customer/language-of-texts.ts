/**
 * The language in which somebody writes, from a few short messages: by the script, and for Latin letters by its commonest words. Undefined where it is
 * not sure. Libraries that compare trigrams need longer texts: one that was tried took "Hello, is it in stock?" for German.
 */
export function languageOfTexts(texts: readonly string[]): string | undefined {
  const words = texts.join(' ').slice(-TEXT_LENGTH).toLowerCase().split(/\s/)
  // addresses have words of their own
  const text = words.filter((word) => !word.startsWith('http') && !word.includes('@')).join(' ')
  const letters = countOf(text, /\p{L}/gu)
  if (letters < 2) return undefined
  for (const [language, script, share] of SCRIPTS) if (countOf(text, script) >= letters * share) return language
  return latin(text.match(/\p{L}+/gu) ?? [])
}

const TEXT_LENGTH = 2000

/** The first whose letters are so much of the text. Japanese comes before Chinese, and Ukrainian before Russian, whose letters they share. */
const SCRIPTS: readonly (readonly [language: string, letters: RegExp, share: number])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 0.15],
  ['ko', /\p{Script=Hangul}/gu, 0.4],
  ['zh', /\p{Script=Han}/gu, 0.4],
  ['th', /\p{Script=Thai}/gu, 0.4],
  ['ar', /\p{Script=Arabic}/gu, 0.5],
  ['he', /\p{Script=Hebrew}/gu, 0.5],
  ['hi', /\p{Script=Devanagari}/gu, 0.4],
  ['el', /\p{Script=Greek}/gu, 0.5],
  ['uk', /[іїєґ]/gu, 0.02],
  ['ru', /\p{Script=Cyrillic}/gu, 0.5],
]

const WORDS: Readonly<Record<string, string>> = {
  en: 'the is it you and to in my have i do can for not what where when this with order please hello hi thanks are of on',
  de: 'der die das ist und ich nicht sie haben wo wann mein meine es ein eine für mit bitte hallo danke wie kann auf noch auch',
  fr: 'le la les est et je vous pas que où quand mon ma une un pour avec merci bonjour ce cette dans il de des',
  es: 'el la los es y que no está dónde cuándo mi un una para con gracias hola en por tengo puedo qué de se',
  pt: 'o a os é e que não está onde quando meu minha um uma para com obrigado obrigada olá em por tenho você de se do da',
  it: 'il la gli è e che non dove quando mio mia un una per con grazie ciao in ho posso di sono questo',
  nl: 'de het een is en ik niet u waar wanneer mijn voor met bedankt hallo van op heb kan dit zijn',
  pl: 'jest i nie to w na mam gdzie kiedy mój moje dla z dziękuję dzień dobry cześć proszę czy się jak',
  tr: 'bir ve bu ne mi mı var yok için ile nerede zaman merhaba teşekkürler lütfen benim sipariş çok değil',
  id: 'yang di dan ini itu saya tidak ada apa apakah bisa untuk dengan terima kasih halo kapan mana pesanan barang sudah belum',
  vi: 'là và có không tôi của cho này khi nào đâu xin chào cảm ơn hàng được bạn mình với đơn còn',
}
const LATIN: readonly (readonly [string, ReadonlySet<string>])[] = Object.entries(WORDS).map(([language, words]) => [
  language,
  new Set(words.split(' ')),
])

/** The language with the most of its common words; undefined where there are too few, or two are as likely. */
function latin(words: readonly string[]): string | undefined {
  const scores = LATIN.map(([language, common]) => ({ language, score: words.filter((word) => common.has(word)).length }))
  const [first, second] = scores.toSorted((a, b) => b.score - a.score)
  return first!.score >= 2 && first!.score > second!.score ? first!.language : undefined
}

const countOf = (text: string, letters: RegExp): number => text.match(letters)?.length ?? 0
