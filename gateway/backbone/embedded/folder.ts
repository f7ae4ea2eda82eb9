import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The data folder cannot be used. The message tells the operator why, and what to do. */
export class DataFolderError extends Error {
  override readonly name: string = 'DataFolderError'
}

/** The data folder cannot be used because its files are damaged: a salvage may help. */
export class DamagedFolder extends DataFolderError {
  override readonly name = 'DamagedFolder'
}

/** Another process has claimed the data folder. */
export class FolderInUse extends DataFolderError {}

export interface Claim {
  /** The folder's real path. */
  readonly path: string
  release(): void
}

/**
 * Creates the folder where it is missing and claims it for this process. The claim is a lock on a file inside the folder: the system drops
 * it with the process, however that ends. (A pid in a file may belong to another process by now, and whoever removes a stale socket may
 * remove one that another process has just bound.) The file stays and means nothing.
 * The lock holds for all processes of this machine, whatever their container, TMPDIR or path to the folder.
 */
export async function claimFolder(dataDir: string): Promise<Claim> {
  const path = prepare(resolve(dataDir))
  const file = join(path, 'in-use.lock')
  const { tryLock } = await import('fs-native-extensions').catch((error: Error) => {
    throw new DataFolderError(`Files cannot be locked on this kind of machine (${error.message}); set REDIS_URL instead of DATA_DIR.`)
  })
  let opened: number | undefined
  try {
    opened = openSync(file, 'a+')
    if (tryLock(opened)) return { path, release: releaseOnce(opened) }
  } catch (error) {
    if (opened !== undefined) closeSync(opened)
    throw lockFailed(path, error as NodeJS.ErrnoException)
  }
  closeSync(opened)
  throw new FolderInUse(`The data folder ${path} is in use by another gateway; stop it, or set DATA_DIR to another folder.`)
}

/**
 * Claims a folder that is there for as long as it is read, and creates nothing in it; undefined: a gateway uses it. On a file system that this
 * process may only read, the claim is shared with other readers.
 */
export async function claimToRead(folder: string): Promise<Pick<Claim, 'release'> | undefined> {
  const file = join(folder, 'in-use.lock')
  if (!existsSync(file)) return { release: () => undefined }
  const { tryLock } = await import('fs-native-extensions')
  const { opened, shared } = openLock(file)
  if (tryLock(opened, { shared })) return { release: releaseOnce(opened) }
  closeSync(opened)
  return undefined
}

function openLock(file: string): { readonly opened: number; readonly shared: boolean } {
  try {
    return { opened: openSync(file, 'r+'), shared: false }
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return { opened: openSync(file, 'r'), shared: true }
  }
}

/** Closes once only: a second close would close the file that has got the same descriptor since. */
function releaseOnce(opened: number): () => void {
  let isOpen = true
  return () => {
    if (isOpen) closeSync(opened)
    isOpen = false
  }
}

function prepare(path: string): string {
  try {
    makeFolder(path)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(path)
  } catch (error) {
    throw unusable(path, error as NodeJS.ErrnoException)
  }
}

/** Folder by folder, because Node's `recursive` never returns where the system answers ENOENT below an existing folder (/proc). */
function makeFolder(path: string): void {
  if (isFolder(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // another gateway that starts at the same moment may have created it
    if (!isFolder(path)) throw error
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its place',
}

const unusable = (path: string, error: NodeJS.ErrnoException): DataFolderError =>
  new DataFolderError(
    `The data folder ${path} cannot be used: ${WHY[error.code ?? ''] ?? error.message}; ` + 'set DATA_DIR to a folder this user may write.',
  )

const WITHOUT_LOCKS = ['ENOLCK', 'ENOSYS', 'EOPNOTSUPP', 'ENOTSUP', 'EINVAL']

function lockFailed(path: string, error: NodeJS.ErrnoException): DataFolderError {
  if (!WITHOUT_LOCKS.includes(error.code ?? '')) return unusable(path, error)
  return new DataFolderError(
    `The file system of the data folder ${path} has no file locks, so two gateways could write at once; ` +
      'set DATA_DIR to a folder on a disk of this machine.',
  )
}
