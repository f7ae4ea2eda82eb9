import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DataFolderError } from './data-folder-error.ts'

/** Of sun_path on the systems that have least; longer paths fail to bind. */
const SOCKET_PATH_BYTES = 100

/**
 * Makes the folder where it is missing and claims it for this process. The claim is a listening local socket inside
 * it, because such a claim ends with the process, however it ends: a pid in a file may belong to somebody else by now.
 */
export async function claimFolder(dataDir: string): Promise<{ path: string; release(): Promise<void> }> {
  const path = prepare(resolve(dataDir))
  const address = claimAddress(path)
  const server = await listen(address).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw unusable(path, error)
    if (await answers(address)) {
      throw new DataFolderError(
        `The data folder ${path} is in use by another gateway; stop it, or set DATA_DIR to another folder.`)
    }
    rmSync(address, { force: true })
    return listen(address).catch((again: NodeJS.ErrnoException) => { throw unusable(path, again) })
  })
  // The claim alone keeps no process alive.
  server.unref()
  return { path, release: () => new Promise((done) => server.close(() => done())) }
}

function prepare(path: string): string {
  try {
    make(path)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(path)
  } catch (error) {
    throw unusable(path, error as NodeJS.ErrnoException)
  }
}

/** Step by step: node's own `recursive` spins for ever where the system answers ENOENT below an existing folder (/proc). */
function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  make(dirname(path))
  mkdirSync(path)
}

function claimAddress(path: string): string {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\im-chat-${digest}`
  const inside = join(path, 'in-use.sock')
  return Buffer.byteLength(inside) <= SOCKET_PATH_BYTES ? inside : join(tmpdir(), `im-chat-${digest}.sock`)
}

const listen = (address: string): Promise<Server> => new Promise((done, fail) => {
  const server = createServer((socket) => socket.destroy())
  server.once('error', fail)
  server.listen(address, () => done(server))
})

const answers = (address: string): Promise<boolean> => new Promise((done) => {
  const socket = connect(address)
  socket.once('connect', () => { socket.destroy(); done(true) })
  socket.once('error', () => done(false))
})

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its place',
}

const unusable = (path: string, error: NodeJS.ErrnoException): DataFolderError => new DataFolderError(
  `The data folder ${path} cannot be used: ${WHY[error.code ?? ''] ?? error.message}; `
  + 'set DATA_DIR to a folder this user may write.')
