/** The README's `npm start` in a process group of its own, as a terminal, a container or a supervisor starts it, and how it ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../kit/free-port.ts'
import { WireClient } from '../kit/wire-client.ts'

interface Started {
  readonly npm: ChildProcess
  readonly url: string
  output(): string
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

/**
 * The project as a folder whose build is up to date: a build takes longer than all else here, and how a start ends does not depend on it.
 * The script `start` and what it runs are the project's own.
 */
async function builtProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'im-chat-project-'))
  onTestFinished(() => rm(project, { recursive: true, force: true }))
  const { scripts, ...rest } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
  await writeFile(join(project, 'package.json'), JSON.stringify({ ...rest, scripts: { ...scripts, build: 'true' } }))
  for (const name of ['gateway', 'demo', 'dist', 'node_modules']) await symlink(resolve(name), join(project, name))
  return project
}

async function npmStart(project: string): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const port = await freePort()
  const npm = spawn('npm', ['start'], {
    cwd: project,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: folder, DRAIN_MS: '2000' },
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended: Started['ended'] = new Promise((resolve) => npm.once('exit', (code, signal) => resolve({ code, signal })))
  onTestFinished(async () => {
    for (const pid of await groupOf(npm.pid!)) process.kill(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  await expect.poll(() => output, { timeout: 120_000, interval: 100 }).toContain('im-chat is ready.')
  return { npm, url: `http://127.0.0.1:${port}`, output: () => output, ended }
}

/** Everything that runs in the process group. */
async function groupOf(group: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return pids.filter((_, at) => stats[at]!.slice(stats[at]!.lastIndexOf(')') + 2).split(' ')[2] === String(group)).map(Number)
}

/** What npm itself has started. */
const childOf = async (npm: ChildProcess): Promise<number> => Number((await readFile(`/proc/${npm.pid}/task/${npm.pid}/children`, 'utf8')).trim())

test.each([
  ['the process that npm starts', 'SIGTERM', '.', async ({ npm }: Started): Promise<boolean> => process.kill(await childOf(npm), 'SIGTERM')],
  ['npm itself', 'SIGTERM', undefined, async ({ npm }: Started): Promise<boolean> => npm.kill('SIGTERM')],
  ['the terminal, as Ctrl-C', 'SIGINT', undefined, async ({ npm }: Started): Promise<boolean> => process.kill(-npm.pid!, 'SIGINT')],
] as const)(
  'a signal to %s (%s) drains: each line is told, the exit code is 0, nothing is left',
  {
    timeout: 240_000,
  },
  async (...[, , project, end]) => {
    const started = await npmStart(project ?? (await builtProject()))
    const guest = (await (await fetch(`${started.url}/v1/guests`, { method: 'POST' })).json()) as { token: string }
    const wireClient = await new WireClient(started.url, 'ws').open()
    await wireClient.hello({ token: guest.token })
    await end(started)
    expect(await wireClient.push('byePush')).toMatchObject({ code: 'draining', reconnect: true })
    expect(await started.ended).toEqual({ code: 0, signal: null })
    await expect.poll(() => groupOf(started.npm.pid!)).toEqual([])
    await expect(fetch(started.url)).rejects.toThrow()
    expect(started.output()).toContain('Stopping: every session is asked to reconnect')
  },
)
