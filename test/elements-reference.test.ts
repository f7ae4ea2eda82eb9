/** The table of the elements says what their sources say, and the page of the docs what the table says. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ChatElement } from '../widget/chat/chat-element.ts'
import { DeskElement } from '../widget/desk/desk-element.ts'
import { InboxElement } from '../widget/inbox/inbox-element.ts'
import { chatDoc, CSS_VARIABLES, deskDoc, ELEMENT_DOCS, inboxDoc } from '../widget/reference/element-docs.ts'
import { partPicture, themingPage, variablePicture } from '../widget/reference/theming-page.ts'
import { customElements, elementsPage, vsCodeData, webTypes } from '../widget/reference/reference-files.ts'

const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'widget'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => file.endsWith('.ts') && !file.startsWith('widget/reference/'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

test.each([
  [chatDoc, ChatElement],
  [inboxDoc, InboxElement],
  [deskDoc, DeskElement],
] as const)('the attributes in the table are those that the element observes: %#', (doc, { observedAttributes }) => {
  const listed = Object.entries(doc.properties).flatMap(([name, { attribute, isReadOnly }]) =>
    attribute === false || isReadOnly ? [] : [attribute ?? name.toLowerCase()],
  )
  expect(listed.toSorted()).toEqual(observedAttributes.toSorted())
})

test('the parts in the table are those in the templates', () => {
  const written = [...sources.matchAll(/\bpart="([^"]*)"/g)].flatMap(
    ([, names]) => names!.match(/(?<![$\w-])[a-z]+(?:-[a-z]+)*(?![\w-]*\s*\?)/g) ?? [],
  )
  const listed = ELEMENT_DOCS.flatMap(({ parts }) => Object.keys(parts))
  expect([...new Set(listed)].toSorted()).toEqual([...new Set(written.filter((name) => name !== 'is'))].toSorted())
})

test('the css variables in the table are those that the styles read', () => {
  const read = [...sources.matchAll(/var\((--im-[\w-]+)/g)].map(([, name]) => name!)
  // what an element sets on itself is no page's to set
  const ofPages = read.filter((name) => !sources.includes(`setProperty('${name}'`))
  expect(Object.keys(CSS_VARIABLES).toSorted()).toEqual([...new Set(ofPages)].toSorted())
})

test('the defaults of the css variables are those of the styles, in the light and in the dark', () => {
  const used = (name: string): string[] => [
    ...new Set([...sources.matchAll(new RegExp(`var\\(${name}, ([^);]*)\\)`, 'g'))].map(([, value]) => value!).filter((value) => value !== '0')),
  ]
  const listed = Object.entries(CSS_VARIABLES).map(([name, { fallback, dark }]) => [name, dark === undefined ? [fallback] : [fallback, dark]])
  expect(listed).toEqual(Object.keys(CSS_VARIABLES).map((name) => [name, used(name)]))
})

test('docs/elements.md is what `npm run reference` writes', () => {
  expect(readFileSync('docs/elements.md', 'utf8')).toBe(elementsPage())
})

test('the tables of docs/theming.md are what `npm run reference` writes, and what can be seen has its picture', () => {
  const pictures = readdirSync('docs/pictures/theming')
  const page = readFileSync('docs/theming.md', 'utf8')
  expect(page).toBe(themingPage(page, pictures))
  const parts = ELEMENT_DOCS.flatMap((doc) => Object.keys(doc.parts))
  const without = [...new Set(parts.map(partPicture)), ...Object.keys(CSS_VARIABLES).map(variablePicture)].filter((name) => !pictures.includes(name))
  // the launcher's words are only there while its script cannot be loaded; a z-index cannot be seen, and no computer has insets
  const safe = ['top', 'right', 'bottom', 'left'].map((side) => `variable-safe-${side}.jpg`)
  expect(without).toEqual(['part-launcher-note.jpg', 'variable-z.jpg', ...safe])
  expect(pictures.filter((name) => !page.includes(`(pictures/theming/${name})`))).toEqual([])
})

test('editors are told of every attribute and of the words it takes', () => {
  const { tags } = vsCodeData() as { tags: { name: string; attributes: { name: string; values?: { name: string }[] }[] }[] }
  expect(tags.map(({ name }) => name)).toEqual(['im-chat', 'im-inbox', 'im-desk'])
  expect(tags[0]!.attributes.find(({ name }) => name === 'mode')!.values).toEqual([{ name: 'launcher' }, { name: 'inline' }])
  expect(JSON.stringify(webTypes('1.2.3'))).toContain('"idle-minutes"')
  expect(JSON.stringify(customElements())).toContain('"custom-element-definition"')
})
