/**
 * A real gateway for tests: `startGateway` in this process on a free port of 127.0.0.1, `spawnGateway` as a process of its own
 * from dist/ (needs `npm run build`). Each has a data folder of its own unless one is given.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, type App, type AppOptions } from '../../gateway/app.ts'
import { readConfig } from '../../gateway/config.ts'
import { removeEnding, spawnEnding } from './ends-with-us.ts'
import { freePort } from './free-port.ts'

export interface PassClaims {
  readonly sub: string
  readonly src?: string
  readonly role?: 'customer' | 'agent'
  readonly shop?: string
  readonly name?: string
  readonly avatar?: string
  readonly ttlMs?: number
}

export interface Gateway {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  /** A pass from POST /v1/passes; the role is customer unless given. */
  pass(claims: PassClaims): Promise<string>
}

export interface StartedGateway extends Gateway {
  readonly app: App
  stop(): Promise<void>
}

export interface SpawnedGateway extends Gateway {
  readonly process: ChildProcess
  /** Its output so far. */
  output(): string
  /** SIGTERM, then waits for the exit code. */
  stop(): Promise<number | null>
  /** kill -9, then waits until it is gone. The data folder stays. */
  kill(): Promise<void>
}

type Environment = Readonly<Record<string, string>>

/** With this secret a test's gateway gives any pass in demo mode. */
export const DEMO_WORD = 'the-word-of-the-tests'

const LOCAL = { PORT: '0', HOST: '127.0.0.1', DRAIN_MS: '2000', DEMO_WORD }

const newDataDir = async (): Promise<string> => removeEnding(await mkdtemp(join(tmpdir(), 'im-chat-')))

export async function startGateway(environment: Environment = {}, options: AppOptions = {}): Promise<StartedGateway> {
  const dataDir = environment.DATA_DIR ?? (await newDataDir())
  const config = readConfig({ ...LOCAL, LOG_LEVEL: 'error', DATA_DIR: dataDir, ...environment })
  const app = await createApp(config, options)
  const { port } = await app.listen()
  const url = `http://127.0.0.1:${port}`
  return {
    app,
    url,
    port,
    dataDir,
    pass: (claims) => fetchPass(url, claims),
    stop: async () => {
      await app.close()
      if (environment.DATA_DIR === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Resolves when it is ready; rejects with its output when it exits before. A gateway started later may use its port again. */
export async function spawnGateway(environment: Environment = {}, entry = 'dist/gateway/main.js'): Promise<SpawnedGateway> {
  const dataDir = environment.DATA_DIR ?? (await newDataDir())
  const child = spawnEnding(process.execPath, [entry], {
    env: { PATH: process.env.PATH, ...LOCAL, PORT: String(await freePort()), DATA_DIR: dataDir, WARM_UP: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const found = /^ {2}local {2}(http:\S+?)\/(?:\?\S*)?$/m.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.once('exit', () => reject(new Error(`The gateway ended before it was ready:\n${output}`)))
  })
  return {
    process: child,
    url,
    port: Number(new URL(url).port),
    dataDir,
    output: () => output,
    pass: (claims) => fetchPass(url, claims),
    stop: () => {
      child.kill('SIGTERM')
      return gone
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

export async function fetchPass(url: string, claims: PassClaims): Promise<string> {
  const response = await fetch(`${url}/v1/passes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${DEMO_WORD}` },
    body: JSON.stringify({ role: 'customer', ...claims }),
  })
  const answer = (await response.json()) as { token?: string; error?: unknown }
  if (answer.token === undefined) throw new Error(`No pass: ${response.status} ${JSON.stringify(answer)}`)
  return answer.token
}
