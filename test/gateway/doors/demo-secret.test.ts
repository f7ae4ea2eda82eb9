/** The demo's secret and word are stored whole or not at all, and a damaged file ends the start with a sentence. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApp } from '../../../gateway/app.ts'
import { readConfig, SettingError } from '../../../gateway/config.ts'
import { demoSecret, storedDemoWord } from '../../../gateway/doors/admit/demo-secret.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'im-chat-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const FILES = [
  ['demo-secret', demoSecret, 'IM_SECRET'],
  ['demo-word', storedDemoWord, 'DEMO_WORD'],
] as const

test.each(FILES)(
  '%s is created once, readable by its owner only, also by several processes at once, without temporary files left',
  async (name, kept) => {
    const texts = await Promise.all(Array.from({ length: 8 }, () => kept(folder)))
    expect(new Set([...texts, await kept(folder)]).size).toBe(1)
    expect([readdirSync(folder), statSync(join(folder, name)).mode & 0o777]).toEqual([[name], 0o600])
    expect(readFileSync(join(folder, name), 'utf8')).toBe(texts[0])
  },
)

test.each(FILES)('%s is reported and not replaced when it is empty, truncated or no text', async (name, kept, instead) => {
  await kept(folder)
  const path = join(folder, name)
  const write = (text: string | Buffer) => () => writeFileSync(path, text)
  const damages = [() => truncateSync(path, 5), write(''), write('\n'), write(Buffer.alloc(99))]
  for (const damage of damages) {
    damage()
    const before = readFileSync(path)
    await expect(kept(folder)).rejects.toThrow(`The file ${path} is not whole; delete it, so that the next start makes a new one, or set ${instead}.`)
    expect(readFileSync(path)).toEqual(before)
  }
})

test.each(FILES)('%s is reported when its place is a folder, or its folder a file', async (name, kept) => {
  mkdirSync(join(folder, name))
  await expect(kept(folder)).rejects.toThrow(/cannot be made or read: a folder is in its place; put that right, or set /)
  writeFileSync(join(folder, 'file'), '')
  await expect(kept(join(folder, 'file'))).rejects.toThrow(/cannot be made or read: a file is in place of its folder/)
})

test.each(FILES)('a start ends with a sentence, as with a wrong setting, when %s is truncated', async (name) => {
  writeFileSync(join(folder, name), 'abc')
  chmodSync(join(folder, name), 0o600)
  const given = { DATA_DIR: folder, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent' }
  const start = createApp(readConfig(name === 'demo-word' ? given : { ...given, DEMO_WORD: 'the-word-of-the-tests' }))
  await expect(start).rejects.toBeInstanceOf(SettingError)
  await expect(start).rejects.toThrow(/is not whole/)
})
