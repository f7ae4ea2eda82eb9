/** `npm run reference`: writes docs/elements.md and the tables of docs/theming.md, and into dist/ what editors read; with `--editors` only the latter. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { customElements, elementsPage, vsCodeData, webTypes } from './reference-files.ts'
import { themingPage } from './theming-page.ts'

const PICTURES = 'docs/pictures/theming'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }
const files = {
  'custom-elements.json': customElements(),
  'vscode.html-custom-data.json': vsCodeData(),
  'web-types.json': webTypes(version),
}

if (!argv.includes('--editors')) {
  writeFileSync('docs/elements.md', elementsPage())
  writeFileSync('docs/theming.md', themingPage(readFileSync('docs/theming.md', 'utf8'), existsSync(PICTURES) ? readdirSync(PICTURES) : []))
}
mkdirSync('dist', { recursive: true })
for (const [name, content] of Object.entries(files)) writeFileSync(`dist/${name}`, `${JSON.stringify(content, undefined, 2)}\n`)
