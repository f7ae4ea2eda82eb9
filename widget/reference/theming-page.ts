/** The tables of docs/theming.md: every css variable and every part, each with its picture where there is one. Pure: text in, text out. */
import { CSS_VARIABLES, ELEMENT_DOCS } from './element-docs.ts'
import { table } from './reference-files.ts'

export const variablePicture = (name: string): string => `variable-${name.replace('--im-', '')}.jpg`
export const partPicture = (name: string): string => `part-${name}.jpg`

/** `pictures`: the names of the files in docs/pictures/theming. */
export function themingPage(page: string, pictures: readonly string[]): string {
  const shown = (file: string, words: string): string => (pictures.includes(file) ? `![${words}](pictures/theming/${file})` : '–')
  const variables = Object.entries(CSS_VARIABLES).map(([name, { says, fallback, dark }]) => [
    `\`${name}\``,
    says,
    [fallback, ...(dark === undefined ? [] : [dark])].map((value) => `\`${value}\``).join(', dark '),
    shown(variablePicture(name), `${name}: ${says}`),
  ])
  const names = new Map(ELEMENT_DOCS.flatMap(({ parts }) => Object.entries(parts)))
  const parts = [...names].map(([name, says]) => [
    `\`${name}\``,
    says,
    ELEMENT_DOCS.flatMap(({ tag, parts: own }) => (name in own ? [tag.replace('im-', '')] : [])).join(', '),
    shown(partPicture(name), `The part ${name}: ${says}`),
  ])
  const tables = [
    '## CSS variables',
    'In each picture this variable alone is changed: a colour to pink, a length or the font to another.',
    table(['Variable', 'What', 'Default', 'Picture'], variables),
    '## Parts',
    'In each picture a pink line is around the part.',
    table(['Part', 'What', 'Of', 'Picture'], parts),
  ].join('\n\n')
  return page.replace(/(<!-- theming -->\n)[\s\S]*?(<!-- \/theming -->)/, (_whole, start: string, end: string) => `${start}\n${tables}\n\n${end}`)
}
