/**
 * A gateway on a disk that fills up while it runs, and has room again: a small file system in memory, in a mount namespace of its own. Where
 * a machine gives nobody a namespace, a limit on the size of files is the disk's end; one of the two it has to be.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEMO_WORD, fetchPass } from '../kit/gateway.ts'
import { hasNamespaces, NAMESPACE } from '../kit/small-disk.ts'
import { PICTURES } from '../kit/pictures.ts'
import { WireClient } from '../kit/wire-client.ts'

const DISK_BYTES = 48 * 1_048_576

interface Disk {
  /** What the system calls a disk that is full. */
  readonly words: string
  start(isFull: boolean, environment: NodeJS.ProcessEnv): ChildProcess
  fill(child: ChildProcess): void
  makeRoom(child: ChildProcess): void
}

let folder: string

const gateway = [process.execPath, 'dist/gateway/main.js'] as const
/** As the process sees it. */
const ballast = ({ pid }: ChildProcess): string => `/proc/${pid}/root${folder}/ballast`
const limit = ({ pid }: ChildProcess, bytes: string): void => void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])

const disk: Disk = hasNamespaces
  ? {
      words: 'No space left on device',
      start: (isFull, env) => {
        const script = 'mount -t tmpfs -o size="$1" none "$2" && head -c "$3" /dev/zero > "$2/ballast" 2>/dev/null; exec "$4" "$5"'
        const parts = ['-c', script, 'sh', String(DISK_BYTES), folder, String(isFull ? DISK_BYTES : 0), ...gateway]
        return spawn('unshare', [NAMESPACE, 'sh', ...parts], { env })
      },
      fill: (child) => {
        try {
          writeFileSync(ballast(child), Buffer.alloc(DISK_BYTES))
        } catch {
          /* it is full: that is what was wanted */
        }
      },
      makeRoom: (child) => truncateSync(ballast(child), 0),
    }
  : {
      words: 'File too large',
      // without the trap a file that grows too large would be a signal
      start: (isFull, env) => spawn('sh', ['-c', `trap "" XFSZ; ulimit -S -f ${isFull ? '0' : 'unlimited'}; exec "$0" "$1"`, ...gateway], { env }),
      fill: (child) => limit(child, '4096'),
      makeRoom: (child) => limit(child, 'unlimited'),
    }

let stop: (() => Promise<void>) | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'im-chat-disk-'))
})
afterEach(async () => {
  await stop?.()
  rmSync(folder, { recursive: true })
})

function start(isFull: boolean) {
  const child = disk.start(isFull, {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    DEMO_WORD,
    RATE_LIMITS: 'off',
  })
  let output = ''
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const url = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        const found = /^ {2}local {2}(http:\S+?)\/(?:\?\S*)?$/m.exec(output)?.[1]
        if (found !== undefined) resolve(found)
      })
    void ended.then(() => reject(new Error(`The gateway ended before it was ready:\n${output}`)))
  })
  return { child, url, ended, output: () => output }
}

test('a disk fills up: refusals with a reason, 503, nothing acknowledged is lost; with room again it recovers by itself', async () => {
  const { child, url: starting, output } = start(false)
  const url = await starting
  const wireClient = await new WireClient(url, 'ws').open()
  const token = await fetchPass(url, { sub: 'c1' })
  await wireClient.hello({ token })
  const text = 'x'.repeat(3000)
  const send = async (id: string) => (await wireClient.ask('send', { to: 'shop:1', id, kind: 'text', body: { text } })).error?.code
  const ready = async () => {
    const answer = await fetch(`${url}/readyz`)
    return [answer.status, await answer.text()] as const
  }
  const headers = { 'content-type': 'image/png', authorization: `Bearer ${token}` }
  const addPicture = async () => (await fetch(`${url}/v1/images`, { method: 'POST', headers, body: new Uint8Array(PICTURES.png) })).status
  const acknowledged: string[] = []
  for (const id of ['m1', 'm2', 'm3']) if ((await send(id)) === undefined) acknowledged.push(id)
  expect(acknowledged).toHaveLength(3)
  disk.fill(child)
  // how full a disk is, is looked at now and then
  let refused: string | undefined
  for (let i = 0; refused === undefined && i < 2000; i++) if ((refused = await send(`f${i}`)) === undefined) acknowledged.push(`f${i}`)
  expect(refused).toBe('unavailable')
  await expect.poll(ready, { timeout: 5000 }).toEqual([503, expect.stringContaining(`The data folder could not be written: ${disk.words}`)])
  expect(output()).toContain(`The store: The data folder could not be written: ${disk.words}`)
  if (hasNamespaces) expect(await addPicture()).toBe(503)
  const held = async () => (await wireClient.command('history', { to: 'shop:1', limit: 100 })).messages.map(({ id }) => id)
  expect(await held()).toEqual(acknowledged.slice(-100))
  disk.makeRoom(child)
  await expect.poll(async () => (await ready())[0], { timeout: 10_000 }).toBe(200)
  expect(output()).toContain('The store works again')
  expect([await send('last'), await addPicture()]).toEqual([undefined, 201])
  expect((await held()).at(-1)).toBe('last')
  expect(new Set(await held()).size).toBe((await held()).length)
})

test('a first start on a full disk ends with a sentence', async () => {
  const { ended, output, url } = start(true)
  await expect(url).rejects.toThrow('ended before it was ready')
  expect(await ended).toEqual({ code: 1, signal: null })
  expect(output().trim().split('\n')).toEqual([expect.stringMatching(/^The (data folder|disk of the data folder) \S+ .*set DATA_DIR/)])
})
