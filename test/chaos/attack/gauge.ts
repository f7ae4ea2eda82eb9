/** Measures a process: memory and sockets from /proc every few ms, and, through probe.mjs, how long its event loop stood still. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect } from 'node:net'

const LOOK_MS = 50

export interface Reading {
  /** The longest that the event loop stood still since the reading before. */
  readonly standstillMs: number
  /** Heap and buffers after a garbage collection, where one was requested. */
  readonly heldBytes: number
}

export class Gauge {
  readonly #pid: number
  readonly #probePath: string
  readonly #timer: NodeJS.Timeout
  #peakBytes = 0

  constructor(pid: number, probePath: string) {
    this.#pid = pid
    this.#probePath = probePath
    this.#timer = setInterval(
      () =>
        void this.memoryBytes().then((bytes) => {
          this.#peakBytes = Math.max(this.#peakBytes, bytes)
        }),
      LOOK_MS,
    )
  }

  /** The largest memory since the last call. */
  takePeakBytes(): number {
    const peak = this.#peakBytes
    this.#peakBytes = 0
    return peak
  }

  /** Resident memory without mapped files, which the system can take back. NaN where there is no /proc. */
  async memoryBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#pid}/status`, 'utf8').catch(() => '') // the process has ended
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024
  }

  async socketCount(): Promise<number> {
    const folder = `/proc/${this.#pid}/fd`
    if (!existsSync(folder)) return NaN
    const targets = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => ''))) // closed meanwhile
    return targets.filter((target) => target.startsWith('socket:')).length
  }

  /** Undefined where the process has ended. */
  async reading(order: 'look' | 'collect'): Promise<Reading | undefined> {
    const socket = connect(this.#probePath)
    const failed = new Promise<undefined>((resolve) => {
      socket.on('error', () => resolve(undefined))
      socket.on('close', () => resolve(undefined))
    })
    socket.write(order)
    const answer = await Promise.race([once(socket, 'data').catch(() => undefined), failed]) // the error is `failed`'s
    socket.destroy()
    return answer === undefined ? undefined : (JSON.parse(String(answer[0])) as Reading)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
