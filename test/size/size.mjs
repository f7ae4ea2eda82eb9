/**
 * Prints what pages download (brotli: as a CDN would send it), against the budgets of docs/decisions/0025. Run after a build; ends with 1 where
 * a budget is exceeded. `--write` puts the same numbers between the markers of README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliBytes } from './brotli-bytes.mjs'

const FOLDER = 'dist/widget'

/** The files that a module brings along before it can run, itself first. */
function withImports(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  const code = readFileSync(`${FOLDER}/${file}`, 'utf8')
  for (const [, name] of code.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) withImports(file.replace(/[^/]*$/, name), seen)
  return seen
}
const modules = (build, ...names) => names.flatMap((name) => [...withImports(`${build}/${name}.js`)])
const without = (files, loaded) => [...new Set(files)].filter((file) => !loaded.includes(file))

const closed = ['im-chat.js', ...modules('modern', 'im-chat')]
const opened = modules('modern', 'chat-panel-1', 'picture-composer', 'tray', 'upload')

export const DOWNLOADS = [
  { what: 'a page with `<im-chat>`, closed', files: closed, budget: 37_200 },
  { what: 'its first opening adds', files: without(opened, closed), budget: 33_500 },
  { what: 'the loader alone', files: ['im-chat.js'], budget: 3850 },
  { what: 'a page with `<im-inbox>`', files: ['im-inbox.js', ...modules('modern', 'im-inbox')] },
  { what: 'a page with `<im-desk>`', files: ['im-desk.js', ...modules('modern', 'im-desk')] },
  { what: '`<im-chat>` of 2017, closed', files: ['im-chat.js', ...modules('es2017', 'im-chat')] },
  { what: '`<im-chat>` before 2017, whole', files: ['im-chat.js', 'im-chat.legacy.js'] },
]

const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
const rows = ['| What | Files | brotli |', '|---|---:|---:|']
let isOver = false
for (const { what, files, budget } of DOWNLOADS) {
  const bytes = [...new Set(files)].reduce((sum, file) => sum + brotliBytes(`${FOLDER}/${file}`), 0)
  rows.push(`| ${what} | ${new Set(files).size} | ${kilo(bytes)} |`)
  const verdict = budget === undefined ? '' : bytes > budget ? `over the budget of ${kilo(budget)}` : `of ${kilo(budget)}`
  if (budget !== undefined && bytes > budget) isOver = true
  console.log(what.padEnd(36), kilo(bytes).padStart(9), verdict)
}
if (process.argv.includes('--write')) {
  const readme = readFileSync('README.md', 'utf8')
  writeFileSync(
    'README.md',
    readme.replace(/(<!-- sizes -->\n)[^]*?(<!-- \/sizes -->)/, (_, start, end) => `${start}${rows.join('\n')}\n${end}`),
  )
}
process.exitCode = isOver ? 1 : 0
