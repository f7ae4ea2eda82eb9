/** The contract for machines and its prose say the same, and neither changes unnoticed. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BYES } from '../../gateway/protocol/byes.ts'
import { CODES } from '../../gateway/protocol/codes.ts'
import { COMMANDS, Hello, Welcome } from '../../gateway/protocol/commands.ts'
import { LIMITS } from '../../gateway/protocol/limits.ts'
import { PUSHES } from '../../gateway/protocol/pushes.ts'
import { OLDEST_VERSION, PROTOCOL_VERSION, SHAPE_HASH } from '../../gateway/protocol/version.ts'

const readme = readFileSync('gateway/protocol/README.md', 'utf8')

/** The rows of the table under a heading, as cells without backticks. */
function table(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.replaceAll('`', '').trim()),
  )
}

test('README lists each code with its sentence and advice, and no other', () => {
  const rows = Object.entries(CODES).map(([code, { retry, message }]) => [code, retry ? 'yes' : 'no', message])
  expect(table('Codes')).toEqual(rows)
})

test('README lists each reason of a bye with its close code and advice, and no other', () => {
  const rows = Object.entries(BYES).map(([code, { closeCode, reconnect }]) => [code, String(closeCode), reconnect ? 'yes' : 'no'])
  expect(table('The end of a session')).toEqual(rows)
})

test('close codes keep their ranges, and none is used twice', () => {
  const codes = Object.values(BYES)
  for (const { closeCode, reconnect } of codes) expect(Math.floor(closeCode / 100)).toBe(reconnect ? 40 : 41)
  expect(new Set(codes.map(({ closeCode }) => closeCode)).size).toBe(codes.length)
})

test('README lists each command with its fields, and no other', () => {
  const rows = Object.entries(COMMANDS).map(([name, { input, answer }]) => [name, fields(input), fields(answer)])
  expect(table('Commands').map(([name, input, answer]) => [name, named(input), named(answer)])).toEqual(rows)
})

test('README lists each push, and no other', () => {
  expect(table('Pushes').map(([name]) => name)).toEqual(Object.keys(PUSHES))
})

test('README has the version and limits of the code', () => {
  expect(readme).toContain(`# The wire contract, version ${PROTOCOL_VERSION}\n`)
  const said = (value: number): string => value.toLocaleString('en')
  const { packetBytes, textLength, idLength, missedCount, imageBytes, imagePixels } = LIMITS
  for (const value of [packetBytes, textLength, idLength, missedCount, imageBytes, imagePixels]) expect(readme).toContain(said(value))
  expect(readme).toContain(`${LIMITS.pingIntervalMs / 1000} s`)
  expect(readme).toContain(`${LIMITS.helloMs / 1000} s`)
})

test('no shape changes unnoticed: raise PROTOCOL_VERSION if an older peer would notice, then set SHAPE_HASH', () => {
  const shapes = JSON.stringify({ COMMANDS, PUSHES, Hello, Welcome, codes: Object.keys(CODES), BYES, LIMITS, PROTOCOL_VERSION })
  expect(SHAPE_HASH).toBe(createHash('sha256').update(shapes).digest('hex').slice(0, 16))
  expect(PROTOCOL_VERSION - OLDEST_VERSION).toBeLessThanOrEqual(1)
})

/** Field names of a schema, optional ones with `?`; `to | conversation` is one thing. */
function fields({ properties, required = [] }: { properties: object; required?: string[] | undefined }): string[] {
  const names = Object.keys(properties).filter((name) => name !== 'ok')
  return names.map((name) => (required.includes(name) ? name : `${name}?`)).sort()
}

function named(cell = ''): string[] {
  const list = cell.replace(/[{}]/g, '').replace(String.raw`to \| conversation`, 'to?, conversation?')
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .sort()
}
