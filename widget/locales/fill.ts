import type { Counted } from './strings.ts'

const rules: Record<string, Intl.PluralRules> = {}

/** Puts values where a sentence says `{name}`; one about a number says it in the form that its language has for `n`. */
export function fill(sentence: Counted, values: Readonly<Record<string, string | number>>): string {
  let form = sentence
  if (typeof form !== 'string') {
    const { tag = 'en' } = form
    form = form[(rules[tag] ??= new Intl.PluralRules(tag)).select(values.n as number)] ?? form.other
  }
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
