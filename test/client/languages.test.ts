import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { complete } from '../../widget/locales/complete.ts'
import { fill } from '../../widget/locales/fill.ts'
import { nearest, spoken } from '../../widget/locales/language-tags.ts'
import type { Counted, Forms } from '../../widget/locales/strings.ts'

const FOLDERS = readdirSync('widget/locales', { withFileTypes: true }).flatMap((each) =>
  each.isDirectory() && each.name !== 'en' ? [each.name] : [],
)
const PARTS = ['chat', 'mailbox', 'desk'] as const

const partOf = async (folder: string, part: string): Promise<object> =>
  ((await import(`../../widget/locales/${folder}/${part}.ts`)) as Record<string, object>)[part]!

const isForms = (value: object): value is Forms => 'other' in value && !('limited' in value)

/** Every sentence with its path. */
function sentences(table: object, path = ''): [string, Counted][] {
  return Object.entries(table).flatMap(([key, value]: [string, Counted | object]) =>
    typeof value === 'string' || isForms(value) ? [[`${path}${key}`, value] as [string, Counted]] : sentences(value, `${path}${key}.`),
  )
}

const forms = (value: Counted): Record<string, string> => (typeof value === 'string' ? { other: value } : { ...value })
const placeholders = (sentence: string): string[] => [...new Set(sentence.match(/\{\w+\}/g))].sort()

describe.each(FOLDERS)('%s', (folder) => {
  test.each(PARTS)('has in %s what English has, with the same values to fill in', async (part) => {
    const english = new Map(sentences(await partOf('en', part)))
    const own = sentences(await partOf(folder, part))
    expect(own.map(([path]) => path).sort()).toEqual([...english.keys()].sort())
    for (const [path, sentence] of own) {
      const wanted = placeholders(forms(english.get(path)!).other!)
      for (const [form, text] of Object.entries(forms(sentence))) {
        // one, two and none may be words instead of a number
        const isWord = /^(zero|one|two)$/.test(form) && !text.includes('{n}')
        expect([path, form, placeholders(text)]).toEqual([path, form, isWord ? wanted.filter((each) => each !== '{n}') : wanted])
        expect([path, text.trim()]).not.toEqual([path, ''])
      }
    }
  })

  test('has no form that its plural rules never choose, and is in the table of languages', async () => {
    const known = new Intl.PluralRules(folder).resolvedOptions().pluralCategories
    for (const part of PARTS) {
      for (const [path, sentence] of sentences(await partOf(folder, part))) {
        for (const form of Object.keys(forms(sentence))) expect([path, known]).toEqual([path, expect.arrayContaining([form])])
      }
    }
    const table = readFileSync('widget/ui/languages.ts', 'utf8')
    for (const part of PARTS) expect(table).toContain(`'../locales/${folder}/${part}.ts'`)
  })
})

test.each([
  [1, '1 непрочитанное'],
  [3, '3 непрочитанных'],
  [21, '21 непрочитанное'],
])('%i unread in Russian is "%s"', async (n, said) => {
  const english = await partOf('en', 'mailbox')
  const russian = complete(english, { layers: [await partOf('ru', 'mailbox')], tag: 'ru', onBad: () => expect.unreachable() })
  expect(fill((russian as { unreadCount: Counted }).unreadCount, { n })).toBe(said)
})

test.each([
  [['zh-CN'], 'zh'],
  [['zh-Hans-HK'], 'zh'],
  [['zh_TW'], 'zh-tw'],
  [['zh-Hant'], 'zh-hant'],
  [['zh-HK'], 'zh-hk'],
  [['PT-br'], 'pt'],
  [['pt'], 'pt'],
  [['pt-PT'], 'pt'],
  [['de-AT'], 'de'],
  [['nl', 'fr-CA'], 'fr'],
  [['nl'], undefined],
  [['constructor', '__proto__'], undefined],
])('of %j the widget speaks %s', (tags, name) => {
  const table = Object.fromEntries(['de', 'fr', 'pt', 'zh', 'zh-tw', 'zh-hant', 'zh-hk'].map((each) => [each, each]))
  const tag = spoken([{}, table], tags)
  expect(tag && nearest(table, tag)).toBe(name)
})

describe('texts of the page', () => {
  const ENGLISH = { send: 'Send', left: { one: '{n} left', other: '{n} left' }, states: { sent: 'Sent', other: 'Odd', read: 'Read' } }
  const completed = (...layers: unknown[]): [typeof ENGLISH, string[]] => {
    const bad: string[] = []
    return [complete(ENGLISH, { layers, tag: 'de', onBad: (path) => bad.push(path) }), bad]
  }

  test('come first, and what they lack comes from the next', () => {
    expect(completed({ send: 'Los' }, { send: 'Senden', states: { read: 'Gelesen' } })).toEqual([
      { ...ENGLISH, send: 'Los', states: { ...ENGLISH.states, read: 'Gelesen' } },
      [],
    ])
  })

  test('choose among forms by the rules of their language', () => {
    const [{ left }] = completed({ left: { one: 'noch eins', other: 'noch {n}' } })
    expect([fill(left, { n: 1 }), fill(left, { n: 2 })]).toEqual(['noch eins', 'noch 2'])
    expect(fill(completed({ left: 'noch {n}' })[0].left, { n: 1 })).toBe('noch 1')
  })

  test.each([
    null,
    7,
    'text',
    [],
    () => 'text',
    { send: 7 },
    { send: null, states: 'none' },
    { left: { one: 'one' } },
    { left: { other: 'x', bad: 'y' } },
  ])('that are %j leave what was there', (layer) => {
    expect(completed(layer)[0]).toEqual(ENGLISH)
  })

  test('that throw, or are of another kind, are named, and the rest is used', () => {
    const hostile = {
      get send(): string {
        throw new Error('no')
      },
      states: { sent: { toString: () => 'x' }, read: 'Gelesen' },
      ['__proto__']: { left: 'x' },
      unknown: 'ignored',
    }
    const [texts, bad] = completed(hostile)
    expect(texts.states.read).toBe('Gelesen')
    expect(texts.send).toBe('Send')
    expect(bad.sort()).toEqual(['send', 'states.sent'])
  })
})

test('engines without plural rules choose as Intl does, in every language', async () => {
  const { PluralRules } = Intl
  Reflect.deleteProperty(Intl, 'PluralRules')
  try {
    await import('../../widget/legacy/plural-rules.ts')
    for (const tag of ['en', ...FOLDERS]) {
      const [ours, theirs] = [new Intl.PluralRules(tag), new PluralRules(tag)]
      for (let n = 0; n <= 250; n++) expect([tag, n, ours.select(n)]).toEqual([tag, n, theirs.select(n)])
    }
  } finally {
    Object.assign(Intl, { PluralRules })
  }
})
