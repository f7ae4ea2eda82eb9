/**
 * Prints what each bundle weighs (brotli: as a CDN would send it). Run after a build.
 * `--write` puts the same numbers between the markers of README.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { brotliBytes } from './brotli-bytes.mjs'

const SCRIPTS = ['im-chat', 'loader', 'im-desk', 'im-inbox', 'im-chat.legacy']

const rows = ['| Script | Minified | gzip | brotli |', '|---|---:|---:|---:|']
const kilo = (bytes) => `${(bytes / 1000).toFixed(2)} kB`.padStart(10)
console.log(['bundle'.padEnd(16), 'min', 'gzip', 'brotli'].map((head, at) => (at ? head.padStart(10) : head)).join(' '))
for (const name of SCRIPTS) {
  const file = `dist/widget/${name}.js`
  if (!existsSync(file)) continue
  const code = readFileSync(file)
  const brotli = brotliBytes(file)
  const gzip = gzipSync(code, { level: 9 }).length
  rows.push(`| \`/${name}.js\` | ${[code.length, gzip, brotli].map((bytes) => `${(bytes / 1000).toFixed(1)} kB`).join(' | ')} |`)
  console.log(name.padEnd(16), kilo(code.length), kilo(gzip), kilo(brotli))
}

if (process.argv.includes('--write')) {
  const readme = readFileSync('README.md', 'utf8')
  writeFileSync('README.md', readme.replace(/(<!-- sizes -->\n)[^]*?(<!-- \/sizes -->)/, (_, start, end) => `${start}${rows.join('\n')}\n${end}`))
}
