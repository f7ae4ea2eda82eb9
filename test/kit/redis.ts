/**
 * Real Redis servers for tests: each on a free loopback port with its own folder, without persistence unless asked,
 * ended by pid. Whatever was started is ended by `stop`, whether it still runs or was killed by the test.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** One redis-server process; may be killed and started again on the same port with the same folder. */
export class RedisServer {
  readonly port: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'im-redis-'))
  readonly #args: readonly string[]
  #process: ChildProcess | undefined

  constructor(port: number, args: readonly string[]) {
    this.port = port
    this.#args = args
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<this> {
    const child = spawn('redis-server', [...this.#mode(), '--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder,
      '--daemonize', 'no'], { stdio: ['ignore', 'pipe', 'inherit'], cwd: this.#folder })
    this.#process = child
    let log = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        log = (log + chunk).slice(-4000)
        if (/Ready to accept connections|Sentinel ID is/.test(log)) resolve()
      })
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${log}`)))
    })
    return this
  }

  /** What redis-cli prints; throws what Redis refuses. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-e', '-p', String(this.port), ...args])
    return stdout.trimEnd()
  }

  async info(field: string): Promise<string | undefined> {
    return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(await this.cli('INFO'))?.[1]
  }

  /** SIGKILL by default; SIGSTOP makes it hang, SIGCONT go on. */
  async signal(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    if (signal === 'SIGKILL') await once(child, 'exit')
  }

  async stop(): Promise<void> {
    await this.signal()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** A Sentinel rewrites its configuration, so it needs a file. */
  #mode(): string[] {
    if (!this.#args.includes('--sentinel')) return ['--save', '', '--appendonly', 'no', ...this.#args]
    const file = join(this.#folder, 'sentinel.conf')
    writeFileSync(file, '')
    return [file, ...this.#args]
  }
}

export async function startRedis(...args: string[]): Promise<RedisServer> {
  return new RedisServer(await freePort(), args).start()
}

/** Asks again until it holds; the message of the last failure is the test's. */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean, withinMs = 15_000): Promise<T> {
  const end = Date.now() + withinMs
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms; last: ${String(value).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
