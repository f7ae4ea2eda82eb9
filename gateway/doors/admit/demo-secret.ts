import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The file of a secret cannot be used; the message tells the operator why and what to do. */
export class UnusableSecret extends Error {
  override readonly name = 'UnusableSecret'
}

interface SecretFile {
  readonly path: string
  readonly bytesCount: number
  /** The setting that replaces the file. */
  readonly instead: string
}

/** The secret of a gateway without IM_SECRET, and its demo word: generated once and stored in files, so that both survive a restart. */
export const demoSecret = (dataDir: string): Promise<string> =>
  storedSecret({ path: join(dataDir, 'demo-secret'), bytesCount: 32, instead: 'IM_SECRET' })
export const storedDemoWord = (dataDir: string): Promise<string> =>
  storedSecret({ path: join(dataDir, 'demo-word'), bytesCount: 9, instead: 'DEMO_WORD' })

async function storedSecret(file: SecretFile): Promise<string> {
  const { path, bytesCount, instead } = file
  try {
    const text = (await read(path)) ?? (await make(file), await read(path)) ?? ''
    // base64 has four characters for three bytes; a shorter text was cut off
    if (/^[\w-]+$/.test(text) && text.length >= Math.ceil((bytesCount * 8) / 6)) return text
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UnusableSecret(`The file ${path} cannot be made or read: ${WHY[code ?? ''] ?? message}; put that right, or set ${instead}.`)
  }
  throw new UnusableSecret(`The file ${path} is not whole; delete it, so that the next start makes a new one, or set ${instead}.`)
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'a folder is in its place',
  ENOTDIR: 'a file is in place of its folder',
  EIO: 'the disk fails',
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes under another name and links, so that the file is never seen incomplete, and only one of several starting gateways makes it. */
async function make({ path, bytesCount }: SecretFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const unnamed = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(unnamed, randomBytes(bytesCount).toString('base64url'), { flag: 'wx', mode: 0o600, flush: true })
    await link(unnamed, path).catch(async (error: NodeJS.ErrnoException) => {
      // some file systems have no hard links
      if (error.code !== 'EEXIST') await rename(unnamed, path)
    })
  } finally {
    await rm(unnamed, { force: true })
  }
}
