/** What the playground offers comes from the table of the elements, and what it writes is what a page needs. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { attributeControls, partControls, variableControls } from '../demo/playground/controls.ts'
import { LANGUAGE_TAGS, ownName } from '../demo/playground/language-tags.ts'
import { PRESETS } from '../demo/playground/presets.ts'
import { snippetOf, styleOf, type Wanted } from '../demo/playground/snippet.ts'
import { chatDoc, CSS_VARIABLES, type ElementDoc } from '../widget/reference/element-docs.ts'
import { attributesOf } from '../widget/reference/reference-files.ts'

const ORIGIN = 'https://chat.example'
const NOTHING: Wanted = { attributes: {}, variables: {}, parts: {} }

test('every attribute, part and css variable of the table has a control', () => {
  expect(attributeControls(chatDoc).map(({ name }) => name)).toEqual(attributesOf(chatDoc).map(({ name }) => name))
  expect(partControls(chatDoc).map(({ name }) => name)).toEqual(Object.keys(chatDoc.parts))
  expect(variableControls(CSS_VARIABLES).map(({ name }) => name)).toEqual(Object.keys(CSS_VARIABLES))
})

test('a new attribute of the table has a control of its type, and nobody has to add it here', () => {
  const doc: ElementDoc = {
    ...chatDoc,
    properties: {
      mood: { type: "'calm' | 'lively'", fallback: "'calm'", says: 'How it speaks.' },
      isTall: { type: 'boolean', attribute: 'is-tall', says: 'Higher.' },
      size: { type: 'number', fallback: '3', says: 'How many.' },
      plan: { type: 'Plan | undefined', says: 'A plan.' },
      heard: { type: 'number', isReadOnly: true, says: 'Only shown.' },
      inside: { type: 'object', attribute: false, says: 'No attribute.' },
    },
  }
  expect(attributeControls(doc).map(({ name, input, words, fallback }) => [name, input, words, fallback])).toEqual([
    ['mood', 'words', ['calm', 'lively'], 'calm'],
    ['is-tall', 'flag', [], ''],
    ['size', 'number', [], '3'],
    ['plan', 'json', [], ''],
  ])
})

test('its languages are those of the widget, each by its own name', () => {
  const folders = readdirSync('widget/locales', { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []))
  expect(LANGUAGE_TAGS.map((tag) => tag.toLowerCase()).toSorted()).toEqual(folders.toSorted())
  expect(attributeControls(chatDoc).find(({ name }) => name === 'lang')!.words).toEqual(LANGUAGE_TAGS)
  expect([ownName('de'), ownName('ar'), ownName('zh-TW')]).toEqual(['Deutsch', 'العربية', '中文（台灣）'])
})

test('the snippet has what differs from the defaults, and nothing else', () => {
  expect(snippetOf(NOTHING, ORIGIN)).toBe(
    '<script async src="https://chat.example/im-chat.js"></script>\n<im-chat gateway="https://chat.example" to="shop:42"></im-chat>',
  )
  expect(
    snippetOf(
      { attributes: { theme: 'dark', muted: true }, variables: { '--im-accent': '#123456' }, parts: { send: 'border-radius: 0px;' } },
      ORIGIN,
    ),
  ).toBe(`<script async src="https://chat.example/im-chat.js"></script>
<style>
  im-chat {
    --im-accent: #123456;
  }
  im-chat::part(send) { border-radius: 0px; }
</style>
<im-chat gateway="https://chat.example" to="shop:42" theme="dark" muted></im-chat>`)
})

test('another gateway is that of the script, too, and a relative one is this', () => {
  const of = (gateway: string): string => snippetOf({ ...NOTHING, attributes: { gateway } }, ORIGIN)
  expect(of('https://other.example/')).toContain('src="https://other.example/im-chat.js"></script>\n<im-chat gateway="https://other.example"')
  expect(of('/')).toBe(snippetOf(NOTHING, ORIGIN))
})

test('whatever is typed stays a value: it ends neither its attribute nor the style', () => {
  const name = `"><script>alert('1')</script> & co`
  const text = snippetOf({ ...NOTHING, attributes: { name, greeting: '<b>"hi"</b>', product: '{"title":"It\'s"}' } }, ORIGIN)
  expect(text).toContain(`name='">&lt;script>alert(&#39;1&#39;)&lt;/script> &amp; co'`)
  expect(text).toContain(`product='{"title":"It&#39;s"}'`)
  const styled = { ...NOTHING, parts: { send: 'content: "</style><script>";' } }
  expect(snippetOf(styled, ORIGIN).match(/<\/style>/g)).toHaveLength(1)
  expect(styleOf(styled)).toContain('</style>')
})

const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const luminance = (hex: string): number => {
  const whole = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join('') : hex.slice(1)
  const [red, green, blue] = [0, 2, 4].map((at) => channel(Number.parseInt(whole.slice(at, at + 2), 16) / 255)) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (one: string, other: string): number => {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

test.each(PRESETS.filter(({ theme }) => theme !== ''))('the look $name can be read: 4.5 to 1 at least', ({ theme, variables }) => {
  const of = (name: string): string => {
    const { fallback, dark } = CSS_VARIABLES[name]!
    return variables[name] ?? (theme === 'dark' ? dark! : fallback)
  }
  expect(Object.keys(variables).filter((name) => !(name in CSS_VARIABLES))).toEqual([])
  const pairs = [
    ['--im-accent-ink', '--im-accent'],
    ['--im-ink', '--im-bubble'],
    ['--im-ink', '--im-bubble-own'],
    ['--im-ink', '--im-surface'],
    ['--im-muted', '--im-ground'],
    ['--im-muted', '--im-surface'],
    ['--im-danger', '--im-surface'],
  ] as const
  expect(pairs.filter(([text, ground]) => contrast(of(text), of(ground)) < 4.5)).toEqual([])
})
