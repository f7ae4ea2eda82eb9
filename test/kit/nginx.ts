/**
 * A real nginx with demo/deploy/nginx.conf, in front of nodes n1 and n2: the test sets only the ports, and everything that
 * nginx writes lies in a folder of its own.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEnding, spawnEnding } from './ends-with-us.ts'
import { freePort } from './free-port.ts'
import { eventually } from './redis.ts'

export interface Nginx {
  readonly url: string
  readonly port: number
  /** Sends no new connection to these nodes (by tag), and some to all others; resolves when nginx has reloaded. */
  takeOut(...tags: string[]): Promise<void>
  /** Its error log. */
  complaints(): Promise<string>
  stop(): Promise<void>
}

const CONF = 'demo/deploy/nginx.conf'
const FIRST_NODE_PORT = 8081
const WRITES = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`).join(' ')
/** Directives of `http` for what nginx writes while it runs. */
export const writesInto = (folder: string): string => WRITES.replaceAll('_path ', `_path ${folder}/`)

/** `ports` of n1 and n2. */
export async function startNginx(ports: readonly [number, number]): Promise<Nginx> {
  const shipped = await readFile(CONF, 'utf8')
  return startNginxWith((place) => configure(shipped, { ports, ...place }))
}

/**
 * A default nginx with one `proxy_pass`, as most people begin: it changes the host, adds no header, speaks HTTP/1.0 to the node and
 * forwards no upgrade. `more`: directives beside `proxy_pass`.
 */
export const startPlainNginx = (node: number, more = ''): Promise<Nginx> =>
  startNginxWith(
    ({ port, folder }) =>
      `worker_processes 1; events {} http { access_log off; ${writesInto(folder)}
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${node}; ${more} } } }`,
  )

/** An nginx with this text as its nginx.conf, which must listen on `port` and write only into `folder` (`writesInto`). */
export async function startNginxWith(text: (place: Pick<Place, 'port' | 'out' | 'folder'>) => string): Promise<Nginx> {
  const folder = removeEnding(await mkdtemp(join(tmpdir(), 'im-nginx-')))
  const port = await freePort()
  const conf = join(folder, 'nginx.conf')
  const errors = join(folder, 'error.log')
  const write = (out: readonly string[]): Promise<void> => writeFile(conf, text({ port, out, folder }))
  await write([])
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const child = spawnEnding('nginx', ['-p', folder, '-c', conf, '-e', errors, '-g', `daemon off; pid ${folder}/pid; ${user}`], { stdio: 'inherit' })
  await eventually(() => answers(port), Boolean)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    takeOut: async (...tags) => {
      const before = await workersOf(child.pid!)
      await write(tags)
      child.kill('SIGHUP')
      await eventually(
        () => workersOf(child.pid!),
        (now) => now.length > 0 && !now.some((pid) => before.includes(pid)),
      )
    },
    complaints: async () => readFile(errors, 'utf8').catch(() => ''),
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Place {
  readonly port: number
  readonly ports: readonly number[]
  readonly out: readonly string[]
  readonly folder: string
}

/** The shipped file with other ports. Throws where the file lacks a text that is replaced here. */
function configure(shipped: string, { port, ports, out, folder }: Place): string {
  const replace = (text: string, what: string | RegExp, by: string): string => {
    const replaced = text.replaceAll(what, by)
    if (replaced === text) throw new Error(`${CONF} has no ${what} any more.`)
    return replaced
  }
  let text = replace(shipped, 'listen 8080;', `listen 127.0.0.1:${port};`)
  text = replace(text, 'worker_processes auto;', 'worker_processes 1;')
  text = replace(text, 'http {', `http { access_log off; ${writesInto(folder)}`)
  for (const [i, node] of ports.entries()) {
    const isOut = out.includes(`n${i + 1}`) ? ' down' : ''
    text = replace(text, `127.0.0.1:${FIRST_NODE_PORT + i} max_fails=1`, `127.0.0.1:${node}${isOut} max_fails=1`)
    text = replace(text, `127.0.0.1:${FIRST_NODE_PORT + i}`, `127.0.0.1:${node}`)
  }
  return text
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
      .once('connect', () => socket.destroy())
  })

/** Workers that accept new connections; those that shut down have another title. */
async function workersOf(master: number): Promise<string[]> {
  const pids = (await readFile(`/proc/${master}/task/${master}/children`, 'utf8')).trim().split(/\s+/)
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, i) => names[i]!.includes('worker process') && !names[i]!.includes('shutting down'))
}
