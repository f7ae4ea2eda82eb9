import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually } from '../kit/redis.ts'

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '') // the process may end meanwhile

async function descendants(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const children = (await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`)))).join(' ')
  const pids = children.split(' ').filter(Boolean).map(Number)
  return [...pids, ...(await Promise.all(pids.map(descendants))).flat()]
}

const commandsOf = async (pids: readonly number[]): Promise<string> =>
  (await Promise.all(pids.map((pid) => textOf(`/proc/${pid}/cmdline`)))).join('\n')

const RUNNERS = {
  attack: ['test/chaos/run.ts', '--attack=looking', '--redis', '--seconds', '60'],
  chaos: ['test/chaos/run.ts', '--minutes', '1'],
  storm: ['test/chaos/run.ts', '--stage', 'embedded', '--minutes', '1'],
  bench: ['test/bench/run.ts', '--only', 'tail', '--pairs', '10', '--seconds', '60'],
}

/** The programs that each runner has started when it is ended. */
const STARTED = {
  attack: /redis-server.*main\.js/s,
  chaos: /redis-server.*main\.js.*main\.js.*nginx/s,
  storm: /main\.js/,
  bench: /redis-server.*main\.js.*main\.js/s,
}

it.each([
  ['attack', 'SIGTERM'],
  ['attack', 'SIGKILL'],
  ['chaos', 'SIGINT'],
  ['storm', 'SIGTERM'],
  ['bench', 'SIGTERM'],
] as const)('npm run %s ended by %s leaves no program and no folder behind', async (runner, signal) => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'im-ended-'))
  const child = spawn(process.execPath, ['--import', './test/kit/typescript.mjs', ...RUNNERS[runner]], {
    env: { ...process.env, TMPDIR },
    stdio: 'ignore',
  })
  try {
    await eventually(
      async () => commandsOf(await descendants(child.pid!)),
      (commands) => STARTED[runner].test(commands),
      50_000,
    )
    const pids = await descendants(child.pid!)
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    await eventually(
      () => commandsOf(pids),
      (commands) => commands === pids.map(() => '').join('\n'),
      5000,
    )
    // after a SIGKILL no process is left to remove the folder
    if (signal !== 'SIGKILL') expect(await readdir(TMPDIR)).toEqual([])
  } finally {
    child.kill('SIGKILL')
    for (const pid of await descendants(child.pid!)) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL')
    await rm(TMPDIR, { recursive: true, force: true })
  }
})
