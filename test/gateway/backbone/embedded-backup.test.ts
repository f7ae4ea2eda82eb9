/** Backups and restores of real folders: of one that is written meanwhile, after a kill in the middle, onto a small disk, of damaged files. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { backup, restore } from '../../../gateway/backbone/embedded/backup.ts'
import { checkData } from '../../../gateway/backbone/embedded/check-data.ts'
import { FORMAT } from '../../../gateway/backbone/embedded/files.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { hasNamespaces, NAMESPACE } from '../../kit/small-disk.ts'
import { bundled } from './bundled.ts'
import { change, contentOf, dataOf, EACH, FILES, makeSound, scratchFolder, TALKS, type Content } from './damage.ts'

let root: string
let sound: string
/** 60 MB of pictures. */
let large: string
let pictures: readonly string[]
let content: Content
beforeAll(async () => {
  root = scratchFolder('backup')
  sound = join(root, 'sound')
  pictures = await makeSound(sound)
  writeFileSync(join(sound, 'demo-secret'), 'the secret')
  content = await read(sound)
  large = join(root, 'large')
  const backbone = await openEmbedded({ dataDir: large })
  for (let i = 0; i < 30; i++) await backbone.images.put({ type: 'image/png', bytes: Buffer.alloc(2_000_000, i) })
  await backbone.store.append({ conversation: 'a~b', id: 'm1', from: 'a', side: 'a', kind: 'text', body: { text: 'x' }, at: 1, origin: '' })
  await backbone.close()
})
afterAll(() => rmSync(root, { recursive: true }))

let place: string
let count = 0
beforeEach(() => {
  place = join(root, `place-${++count}`)
})

const writer = bundled('append-until-killed')
const copier = bundled('backup-folder')

/** Ends with its test at the latest. */
function started(args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function read(dataDir: string): Promise<Content> {
  const backbone = await openEmbedded({ dataDir })
  return contentOf(backbone, pictures).finally(() => backbone.close())
}

/** The bytes of every file, to show that nothing was changed. */
const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name).slice(folder.length), readFileSync(join(parentPath, name)).toString('latin1')]),
  )

describe('a check', () => {
  it('says what is in a folder, and changes nothing', async () => {
    const before = filesOf(sound)
    expect(await checkData(sound)).toEqual({
      format: FORMAT,
      conversationCount: TALKS,
      messageCount: TALKS * EACH,
      recordCount: 3,
      imageCount: 6,
      bytes: expect.any(Number),
      lastAt: EACH,
      faults: [],
      faultCount: 0,
    })
    expect(filesOf(sound)).toEqual(before)
  })

  it('refuses a folder that a gateway uses, and one that has nothing', async () => {
    cpSync(sound, place, { recursive: true })
    const backbone = await openEmbedded({ dataDir: place })
    await expect(checkData(place)).rejects.toThrow(/in use by a gateway/)
    await backbone.close()
    await expect(checkData(join(root, 'nowhere'))).rejects.toThrow(/no data of a gateway/)
    expect(existsSync(join(root, 'nowhere'))).toBe(false)
  })

  it.each(FILES)('names a damaged %s, and changes nothing', async (name) => {
    cpSync(sound, place, { recursive: true })
    change(dataOf(place, name), (bytes) => bytes.fill(0x55, 8192))
    const before = filesOf(place)
    await expect(checkData(place)).rejects.toThrow(new RegExp(`${name}/data\\.mdb: .*--salvage`))
    expect(filesOf(place)).toEqual(before)
  })

  it('finds entries whose checksums are right and which do not fit together', async () => {
    cpSync(sound, place, { recursive: true })
    const { openFiles } = await import('../../../gateway/backbone/embedded/files.ts')
    const { entryKey } = await import('../../../gateway/backbone/embedded/keys-on-disk.ts')
    const files = await openFiles(place)
    const [first] = [...files.log.getRange({ limit: 1 })]
    const number = first!.key.readUInt32BE(0)
    const [last] = [...files.log.getRange({ start: entryKey(number, 0xffff_ffff), end: entryKey(number, 0), reverse: true, limit: 1 })]
    await files.log.remove(last!.key)
    await files.close()
    const { faults, faultCount } = await checkData(place)
    expect(faultCount).toBeGreaterThan(0)
    expect(faults.join('\n')).toMatch(/its row ends with \d+, its log with \d+/)
    await expect(backup(place, `${place}-copy`)).rejects.toThrow(/do not fit together/)
  })
})

describe('a backup', () => {
  it('of a folder that nobody uses has everything, and the folder is as before', async () => {
    const before = filesOf(sound)
    const report = await backup(sound, place)
    expect(report).toMatchObject({ conversationCount: TALKS, messageCount: TALKS * EACH, imageCount: 6, faultCount: 0 })
    expect(filesOf(sound)).toMatchObject(Object.fromEntries(Object.entries(before).filter(([name]) => name.endsWith('data.mdb'))))
    expect(readdirSync(place).sort()).toEqual(['demo-secret', 'images', 'journal', 'main'])
    expect(await read(place)).toEqual(content)
  })

  it('is written nowhere where something is, or inside the folder', async () => {
    await expect(backup(sound, join(sound, 'copy'))).rejects.toThrow(/is inside/)
    mkdirSync(place)
    await expect(backup(sound, place)).rejects.toThrow(/nothing is overwritten/)
    expect(readdirSync(place)).toEqual([])
    const [one, two] = await Promise.allSettled([backup(sound, `${place}-twice`), backup(sound, `${place}-twice`)])
    expect([one.status, two.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(String([one, two].find((each) => each.status === 'rejected')!.reason)).toMatch(/Another backup to .* is under way/)
  })

  // every write goes through journal, checkpoint and trimming many times while the copies are made
  it('while the gateway writes and checkpoints has every message that was confirmed before it began, and fits together', async () => {
    const dataDir = `${place}-live`
    const conversation = 'a~b'
    const child = started([writer, dataDir, conversation, 'one', '20000'])
    let confirmed = 0
    createInterface({ input: child.stdout }).on('line', (line) => (confirmed = Math.max(confirmed, Number(line.split(' ')[0]))))
    await once(child.stdout, 'data')
    for (let copy = 1; copy <= 12; copy++) {
      const before = confirmed
      const { messageCount, faults } = await backup(dataDir, `${place}-${copy}`)
      expect(faults).toEqual([])
      expect(messageCount).toBeGreaterThanOrEqual(before)
      const backbone = await openEmbedded({ dataDir: `${place}-${copy}` })
      expect((await backbone.store.read(conversation, { limit: 1 })).head.seq).toBe(messageCount)
      await backbone.close()
    }
    expect(confirmed).toBeGreaterThan(100)
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  })

  it('that was killed leaves no name of a whole one, no gateway starts on its rest, and the next one begins again', async () => {
    const child = started([copier, 'backup', large, place, join(`${place}.unfinished`, 'images', 'data.mdb')])
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    expect(existsSync(place)).toBe(false)
    await expect(openEmbedded({ dataDir: `${place}.unfinished` })).rejects.toThrow(/damaged/)
    await expect(restore(`${place}.unfinished`, `${place}-restored`)).rejects.toThrow(/of another folder/)
    expect(await backup(large, place)).toMatchObject({ imageCount: 30, messageCount: 1 })
    expect(existsSync(`${place}.unfinished`)).toBe(false)
  })

  it.runIf(hasNamespaces)('is refused by a disk that has too little room, and leaves nothing on one that fills up', () => {
    const commands = `
      set -e
      mount -t tmpfs -o size=20m none "$disk"
      "$node" "$script" backup "$sound" "$disk/copy"
      ls "$disk"
      umount "$disk"
      mount -t tmpfs -o size=110m none "$disk"
      ( while [ ! -e "$disk/copy.unfinished/images/data.mdb" ]; do :; done; head -c 110M /dev/zero > "$disk/ballast" ) 2>/dev/null &
      "$node" "$script" backup "$large" "$disk/copy"
      kill $! 2>/dev/null || true
      wait || true
      rm -f "$disk/ballast"
      ls "$disk"`
    const disk = join(root, 'disk')
    mkdirSync(disk)
    const env = { ...process.env, disk, sound, large, node: process.execPath, script: copier }
    const { stdout } = spawnSync('unshare', [NAMESPACE, 'sh', '-c', commands], { env, encoding: 'utf8', timeout: 20_000 })
    const [first, second] = stdout.trim().split('\n')
    expect(first).toMatch(/has \d+ MB free, and up to \d+ MB are needed/)
    expect(second).toMatch(/Nothing was copied.*space/i)
    expect(stdout.trim().split('\n')).toHaveLength(2)
  })
})

it('what was erased and begun again passes a check, a backup and a restore, in the journal as in main', async () => {
  const dataDir = `${place}-erased`
  const backbone = await openEmbedded({ dataDir, checkpointBytes: 20_000 })
  const say = (conversation: string, id: string) =>
    backbone.store.append({ conversation, id, from: 'a', side: 'a', kind: 'text', body: { text: 'x'.repeat(200) }, at: 1, origin: '' })
  for (const conversation of ['a~b', 'a~c', 'a~d']) {
    for (let i = 0; i < 60; i++) await say(conversation, `old${i}`)
    await backbone.store.erase(conversation)
    if (conversation !== 'a~d') for (let i = 0; i < 5; i++) await say(conversation, `new${i}`)
  }
  const epochs = await Promise.all(['a~b', 'a~c'].map(async (each) => (await backbone.store.read(each, { limit: 1 })).head.epoch))
  await backup(dataDir, `${place}-live`)
  await backbone.close()
  expect((await checkData(dataDir)).faults).toEqual([])
  await restore(`${place}-live`, place)
  const restored = await openEmbedded({ dataDir: place })
  for (const [i, conversation] of ['a~b', 'a~c'].entries()) {
    const { messages, head } = await restored.store.read(conversation, { limit: 99 })
    expect(messages.map(({ id }) => id)).toEqual(['new0', 'new1', 'new2', 'new3', 'new4'])
    expect(new Set([head.epoch, ...messages.map(({ epoch }) => epoch)]).size).toBe(1)
    expect(head.epoch).not.toBe(epochs[i])
  }
  expect((await restored.store.read('a~d', { limit: 9 })).head.seq).toBe(0)
  await restored.close()
})

describe('a restore', () => {
  it('has everything, under a new epoch in every message and in the cursor of a webhook', async () => {
    const dataDir = `${place}-from`
    cpSync(sound, dataDir, { recursive: true })
    const before = await openEmbedded({ dataDir })
    const old = (await before.store.read('shop:7~c0', { limit: 1 })).head.epoch
    await before.records.put({ collection: 'webhooks/of/shop:7~c0', key: 'w', value: JSON.stringify({ epoch: old, seq: 3 }), now: 1 })
    await before.records.put({ collection: 'shop:7~c0/notes', key: 'n', value: JSON.stringify({ text: `"epoch":"${old}"` }), now: 1 })
    await before.close()
    await backup(dataDir, `${place}-copy`)
    await restore(`${place}-copy`, place)
    const backbone = await openEmbedded({ dataDir: place })
    const epoch = (await backbone.store.read('shop:7~c0', { limit: 1 })).head.epoch
    expect(epoch).not.toBe(old)
    const restored = await contentOf(backbone, pictures)
    const anyEpoch = (one: Content): unknown => JSON.parse(JSON.stringify(one).replaceAll(/"epoch":"[^"]+"/g, '"epoch":"any"'))
    expect(anyEpoch(restored)).toEqual(anyEpoch(content))
    for (const [i, { head, messages }] of restored.pages.entries()) {
      expect(new Set(messages.map((message) => message.epoch))).toEqual(new Set([head.epoch]))
      expect(head.epoch).not.toBe(content.pages[i]!.head.epoch)
    }
    expect(await backbone.records.items('webhooks/of/shop:7~c0', 2)).toMatchObject([{ value: JSON.stringify({ epoch, seq: 3 }) }])
    expect(await backbone.records.items('shop:7~c0/notes', 2)).toMatchObject([{ value: JSON.stringify({ text: `"epoch":"${old}"` }) }])
    await backbone.close()
    expect(readFileSync(join(place, 'demo-secret'), 'utf8')).toBe('the secret')
    expect(await checkData(place)).toMatchObject({ faultCount: 0, messageCount: TALKS * EACH })
  })

  it('refuses a folder that is not empty, in use, or inside the backup, and a backup that is damaged', async () => {
    await backup(sound, place)
    await expect(restore(place, sound)).rejects.toThrow(/is not empty/)
    await expect(restore(place, join(place, 'data'))).rejects.toThrow(/is inside/)
    const backbone = await openEmbedded({ dataDir: `${place}-live` })
    await expect(restore(place, `${place}-live`)).rejects.toThrow(/in use/)
    await expect(restore(`${place}-live`, `${place}-empty`)).rejects.toThrow(/in use/)
    await backbone.close()
    change(dataOf(place, 'main'), (bytes) => bytes.fill(0, 0, 8192))
    await expect(restore(place, `${place}-empty`)).rejects.toThrow(/damaged/)
    expect(existsSync(`${place}-empty`)).toBe(false)
  })

  it('that was killed keeps a gateway from starting, and the next one begins again', async () => {
    const child = started([copier, 'restore', large, place, join(place, 'restoring', 'images', 'data.mdb')])
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    await expect(openEmbedded({ dataDir: place })).rejects.toThrow(/A restore into .* did not finish/)
    expect(await restore(large, place)).toMatchObject({ imageCount: 30 })
    await (await openEmbedded({ dataDir: place })).close()
  })
})
