import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { open as lmdb } from 'lmdb'
import { describe, expect, it } from 'vitest'
import { DataFolderError } from '../../../gateway/backbone/embedded/folder.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import type { Message } from '../../../gateway/protocol/model.ts'
import { Unavailable, type Store } from '../../../gateway/backbone/backbone.ts'
import { wholeImage } from '../../kit/whole-image.ts'
import { hasNamespaces, NAMESPACE } from '../../kit/small-disk.ts'
import { bundled } from './bundled.ts'
import { describeBackbone, type Started } from './contract.ts'
import { newTalk } from './laws/conversation.ts'

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'im-chat-embedded-'))

async function start(checkpointBytes?: number): Promise<Started> {
  const dataDir = newFolder()
  const open = () => openEmbedded(checkpointBytes === undefined ? { dataDir } : { dataDir, checkpointBytes })
  const started: Started = {
    backbone: await open(),
    restart: async () => {
      await started.backbone.close()
      return open()
    },
    stop: async () => {
      await started.backbone.close()
      rmSync(dataDir, { recursive: true })
    },
  }
  return started
}

describeBackbone('the embedded backbone', () => start())
describeBackbone('the embedded backbone that folds at once', () => start(0))

describe('the embedded backbone alone', () => {
  it('answers Unavailable once it is closed', async () => {
    const started = await start()
    const { store } = started.backbone
    const talk = newTalk()
    expect(started.backbone.unready()).toBeUndefined()
    await started.stop()
    expect(started.backbone.unready()).toBe('The store is closed.')
    await expect(store.append(talk.message())).rejects.toBeInstanceOf(Unavailable)
    await expect(store.read(talk.conversation, { limit: 1 })).rejects.toBeInstanceOf(Unavailable)
    await expect(store.list(talk.shop, { limit: 1 })).rejects.toBeInstanceOf(Unavailable)
    const { conversation, shop: side } = talk
    await expect(store.advance({ conversation, side, origin: '' })).rejects.toBeInstanceOf(Unavailable)
  })

  it('says in a sentence that the folder is in use, and lets the next one in after a close', async () => {
    const dataDir = newFolder()
    const first = await openEmbedded({ dataDir })
    await expect(openEmbedded({ dataDir })).rejects.toThrow(/in use by another gateway; stop it/)
    await expect(openEmbedded({ dataDir })).rejects.toBeInstanceOf(DataFolderError)
    await first.close()
    await (await openEmbedded({ dataDir })).close()
    rmSync(dataDir, { recursive: true })
  })

  it('says in a sentence that the folder cannot be used', async () => {
    const root = newFolder()
    writeFileSync(join(root, 'file'), '')
    await expect(openEmbedded({ dataDir: join(root, 'file') })).rejects.toThrow(/cannot be used: a file is in its place; set DATA_DIR/)
    await expect(openEmbedded({ dataDir: join(root, 'file', 'below') })).rejects.toBeInstanceOf(DataFolderError)
    await expect(openEmbedded({ dataDir: '/proc/nowhere' })).rejects.toBeInstanceOf(DataFolderError)
    mkdirSync(join(root, 'odd', 'main'), { recursive: true })
    writeFileSync(join(root, 'odd', 'main', 'data.mdb'), 'not a database '.repeat(1000))
    await expect(openEmbedded({ dataDir: join(root, 'odd') })).rejects.toBeInstanceOf(DataFolderError)
    rmSync(root, { recursive: true })
  })
})

describe('on a full disk', () => {
  const script = bundled('append-until-full')

  // A disk of its own, in memory, of 4 MB more than what the store leaves free; copied out before it goes with the process.
  const ON_A_SMALL_DISK =
    'mkdir "$1/disk" && mount -t tmpfs -o size=20m none "$1/disk" && "$2" "$3" "$1/disk/data" "$4" "$5"; code=$?; cp -r "$1/disk/data" "$1/data"; exit $code'
  // Where a machine gives nobody one, a limit on file sizes is the disk's end; without the trap it would be a signal.
  const WITH_SMALL_FILES = 'trap "" XFSZ; ulimit -f 700; exec "$2" "$3" "$1/data" "$4" "$5"'

  const CASES = [
    ['the journal', 8_388_608],
    ['folding', 100_000],
  ] as const
  it.each(CASES)(
    '%s fails: Unavailable, why in unready, nothing acknowledged is lost',
    async (_, checkpointBytes) => {
      const folder = newFolder()
      const dataDir = join(folder, 'data')
      const { conversation } = newTalk()
      const [command, ...shell] = hasNamespaces ? ['unshare', NAMESPACE, 'sh', '-c', ON_A_SMALL_DISK] : ['bash', '-c', WITH_SMALL_FILES]
      const args = [...shell, 'sh', folder, process.execPath, script, conversation, String(checkpointBytes)]
      const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      const [[said], [code]] = (await Promise.all([once(child.stdout, 'data'), once(child, 'exit')])) as [[Buffer], [number]]
      expect(code).toBe(0)
      const { count, ...rest } = JSON.parse(said.toString()) as { count: number }
      expect(count).toBeGreaterThan(50)
      expect(rest).toEqual({
        refusal: 'Unavailable',
        again: 'Unavailable',
        head: count,
        unready: `The data folder could not be written: ${hasNamespaces ? 'No space left on device' : 'File too large'}`,
      })
      const backbone = await openEmbedded({ dataDir })
      const entries = await all(backbone.store, conversation)
      expect(entries.slice(0, count).map(({ id }) => id)).toEqual(Array.from({ length: count }, (_entry, i) => `m${i + 1}`))
      await backbone.close()
      rmSync(folder, { recursive: true })
    },
    30_000,
  )
})

describe('a disk that is full', () => {
  const script = bundled('append-until-full')
  const start = async (dataDir: string, limit: string): Promise<{ code: number | null; signal: string | null; said: string }> => {
    const shell = ['-c', `trap "" XFSZ; ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, script, dataDir, 'a~b', '8388608']
    const child = spawn('bash', shell, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    return { code, signal, said }
  }

  it.each(['0', '4', '63', '64', '66', '70'])(
    'at the first start (%s kB a file) is a sentence, and the start after it has room succeeds',
    async (limit) => {
      const dataDir = newFolder()
      const { code, signal, said } = await start(dataDir, limit)
      expect(signal).toBeNull()
      if (code !== 0) expect(said).toMatch(/DataFolderError: The data folder/)
      await (await openEmbedded({ dataDir })).close()
      rmSync(dataDir, { recursive: true })
    },
  )
})

describe('a folder of format 2', () => {
  it('is checksummed once, and everything is there', async () => {
    const dataDir = newFolder()
    const durable = { overlappingSync: false, eventTurnBatching: false } as const
    const main = lmdb(join(dataDir, 'main'), { ...durable, maxDbs: 8 })
    const about = main.openDB<string, string>('about', { encoding: 'string' })
    const records = main.openDB<string, Buffer>('records', { encoding: 'string', keyEncoding: 'binary' })
    const journal = lmdb<Buffer, number>(join(dataDir, 'journal'), { ...durable, encoding: 'binary' })
    const images = lmdb<Buffer, string>(join(dataDir, 'images'), { ...durable, encoding: 'binary' })
    const picture = 'a'.repeat(24)
    await main.batch(() => {
      void about.put('epoch', 'e2')
      void about.put('format', '2')
      void records.put(Buffer.from('shop:7/notes\0k'), JSON.stringify({ value: 'v', version: 'x' }))
    })
    const message = { conversation: 'a~b', epoch: 'e2', id: 'm1', from: 'a', side: 'a', kind: 'text', body: { text: 'hi' }, at: 1, seq: 1 }
    await journal.put(300, Buffer.from(`2["messagePush",${JSON.stringify(message)}]\n`))
    await images.put(picture, Buffer.from('image/png\nbytes'))
    await Promise.all([main.close(), journal.close(), images.close()])
    for (let start = 0; start < 2; start++) {
      const backbone = await openEmbedded({ dataDir })
      expect((await all(backbone.store, 'a~b')).map(({ id }) => id)).toEqual(['m1', ...(start === 0 ? [] : ['m2'])])
      expect(await backbone.records.items('shop:7/notes', 1)).toMatchObject([{ key: 'k', value: 'v' }])
      expect((await wholeImage(await backbone.images.get(picture)))?.bytes.toString()).toBe('bytes')
      if (start === 0) {
        const entry = { conversation: 'a~b', id: 'm2', from: 'b', side: 'b', kind: 'text', body: { text: 'x' }, at: 2, origin: '' }
        expect(await backbone.store.append(entry)).toMatchObject({ epoch: 'e2', seq: 2, prev: 'm1' })
      }
      await backbone.close()
    }
    rmSync(dataDir, { recursive: true })
  })
})

describe('killed while it appends', () => {
  const script = bundled('append-until-killed')

  const CASES = [
    ['long before it folds', 8_388_608],
    ['while it folds', 20_000],
  ] as const
  it.each(CASES)(
    '%s, it has every acknowledged entry',
    async (_, checkpointBytes) => {
      const dataDir = newFolder()
      const { conversation } = newTalk()
      const acknowledged: { seq: number; id: string }[] = []
      for (const run of ['one', 'two', 'three']) {
        const argv = [script, dataDir, conversation, run, String(checkpointBytes)]
        const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
        acknowledged.push(...(await killedAfter(child, 500, () => expect(openEmbedded({ dataDir })).rejects.toThrow(/in use/))))
      }
      const backbone = await openEmbedded({ dataDir })
      const entries = await all(backbone.store, conversation)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_entry, i) => i + 1))
      expect(entries.map(({ prev }) => prev)).toEqual([undefined, ...entries.slice(0, -1).map(({ id }) => id)])
      for (const { seq, id } of acknowledged) expect(entries[seq - 1]?.id).toBe(id)
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
      // What was under way at a kill may be there or not; nothing else may be more than was acknowledged.
      expect(entries.length).toBeLessThanOrEqual(acknowledged.length + 3 * 8)
      await backbone.close()
      rmSync(dataDir, { recursive: true })
    },
    30_000,
  )
})

/** Lets the child acknowledge `count` entries, kills it, and returns everything it had acknowledged. */
async function killedAfter(child: ChildProcess, count: number, whileAlive: () => Promise<void>): Promise<{ seq: number; id: string }[]> {
  const acknowledged: { seq: number; id: string }[] = []
  const gone = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout! })) {
    const [seq, id] = line.split(' ')
    // The last line may be cut by the kill.
    if (id !== undefined && /-\d+$/.test(id)) acknowledged.push({ seq: Number(seq), id })
    if (acknowledged.length !== count) continue
    await whileAlive()
    child.kill('SIGKILL')
  }
  await gone
  return acknowledged
}

async function all(store: Store, conversation: string): Promise<Message[]> {
  const entries: Message[] = []
  for (;;) {
    const { messages } = await store.read(conversation, { after: entries.length, limit: 1000 })
    if (messages.length === 0) return entries
    entries.push(...messages)
  }
}
