/** Engines without constructable style sheets get every rule of the chat from one file, and the oldest ones when the element is defined. */
import { readdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { CSSResult } from 'lit'
import { expect, test } from 'vitest'
import { allStyles } from '../../widget/legacy/all-styles.ts'

const files = readdirSync('widget/chat', { recursive: true, encoding: 'utf8' })
  .map((name) => `widget/chat/${name}`)
  .filter((file) => file.endsWith('.ts') && readFileSync(file, 'utf8').includes('css`'))

test.each(files)('they have the rules of %s', async (file) => {
  const styles = Object.values((await import(pathToFileURL(file).href)) as object).filter((each) => each instanceof CSSResult)
  expect(styles.length).toBeGreaterThan(0) // rules that a file does not export cannot be in the one file
  for (const style of styles) expect(allStyles).toContain(style)
})
