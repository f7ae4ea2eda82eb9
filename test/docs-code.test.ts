/** Code in the docs that is a file of the tests: `<!-- file: path -->` above the block names it. So what a reader copies is what was run. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Shown {
  readonly file: string
  readonly code: string
}

const docs = readdirSync('docs').filter((name) => name.endsWith('.md'))
const shownIn = (name: string): Shown[] =>
  [...readFileSync(`docs/${name}`, 'utf8').matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)\n```\n/g)].map(([, file, code]) => ({
    file: file!,
    code: code!,
  }))

test('every page for adopters that the tests build is in docs/embed.md', () => {
  const shown = new Set(shownIn('embed.md').map(({ file }) => file.split('/')[2]))
  const built = readdirSync('test/consumers', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  // the script tag is in the README
  expect(built.filter((name) => name !== 'script-tag' && !shown.has(name))).toEqual([])
})

test.each(docs.flatMap((name) => shownIn(name).map(({ file, code }) => [name, file, code] as const)))('%s shows %s as it is', (_name, file, code) => {
  expect(code).toBe(readFileSync(file, 'utf8').trimEnd())
})
