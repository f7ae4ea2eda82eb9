import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DamagedFolder, DataFolderError } from './folder.ts'
import { LmdbFile } from './lmdb-file.ts'
import { BrokenFile } from './lmdb-layout.ts'
import { withoutChecksum } from './checksummed.ts'

export const ENVIRONMENTS = ['journal', 'main', 'images'] as const

/** The subfolder in which a salvage builds the new files. */
export const SALVAGING = 'salvaging'

/** The subfolder in which a restore builds the files, until they are whole. */
export const RESTORING = 'restoring'

/** One entry, without its checksum. */
export interface CheckedEntry {
  readonly environment: string
  readonly database: string
  readonly key: Buffer
  readonly value: Buffer
}

/** The name that goes into an entry's checksum, so that an entry in the wrong place has a wrong one. */
export const checksumName = (environment: string, database: string): string => (database === '' ? environment : `${environment}/${database}`)

/**
 * Reads every page and entry of the folder before LMDB maps any of it, and throws a `DataFolderError` that says what is wrong and what to do.
 * It finds a file cut short, a page of zeros, a flipped bit, and a file that is missing beside the others. `checksummedFrom` is the first
 * format whose entries have checksums; `visit` is called with each of their entries, whose bytes are valid until it returns.
 */
export function checkFolder(folder: string, checksummedFrom: number, visit: (entry: CheckedEntry) => void = () => undefined): void {
  const paths = ENVIRONMENTS.map((name) => [name, join(folder, name, 'data.mdb')] as const)
  const isThere = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
  const missing = paths.filter(([, path]) => !isThere(path)).map(([name]) => name)
  if (existsSync(join(folder, SALVAGING))) {
    throw new DamagedFolder(`A salvage of the data folder ${folder} did not finish. Start once more with --salvage.`)
  }
  if (existsSync(join(folder, RESTORING))) {
    throw new DataFolderError(`A restore into the data folder ${folder} did not finish. Start the same restore once more.`)
  }
  if (missing.length === paths.length) return
  const format = missing.includes('main') ? undefined : formatOf(folder)
  const holding: string[] = []
  for (const [name, path] of paths) {
    if (missing.includes(name)) continue
    try {
      if (holdsData(path, name, { isChecksummed: format === undefined || format >= checksummedFrom, visit })) holding.push(name)
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error
      throw damaged(folder, `${name}/data.mdb: ${error.message}`)
    }
  }
  // LMDB would silently create an empty file in its place
  if (missing.length > 0 && holding.length > 0) throw damaged(folder, `${missing[0]}/data.mdb is missing or empty, ${holding[0]} is not`)
}

export const damaged = (folder: string, what: string): DamagedFolder =>
  new DamagedFolder(
    `The data folder ${folder} is damaged: ${what}. Nothing was changed. Restore the whole folder from one backup, ` +
      'or start once with --salvage: it rebuilds the folder from what can be read, and keeps the damaged files.',
  )

/** Whether the file holds data: more than the stamp, which is all that an interrupted first start leaves. */
function holdsData(
  path: string,
  environment: string,
  { isChecksummed, visit }: { readonly isChecksummed: boolean; readonly visit: (entry: CheckedEntry) => void },
): boolean {
  const file = new LmdbFile(path)
  let count = 0
  try {
    file.check(({ database, key, value }) => {
      count++
      if (!isChecksummed) return
      const content = withoutChecksum(checksumName(environment, database), key, value)
      if (content === undefined) throw new BrokenFile(`an entry of ${database || environment} has a wrong checksum`)
      visit({ environment, database, key, value: content })
    })
    return count > (environment === 'main' ? 0 : 1)
  } finally {
    file.close()
  }
}

/** The folder's format; undefined where `main` is too damaged to say. */
export function formatOf(folder: string): number | undefined {
  const file = new LmdbFile(join(folder, 'main', 'data.mdb'))
  let format: number | undefined
  try {
    file.check(({ database, key, value }) => {
      if (database !== 'about' || key.toString() !== 'format') return
      const content = withoutChecksum(checksumName('main', 'about'), key, value) ?? value
      format = Number(content)
      throw new Found()
    })
  } catch (error) {
    if (!(error instanceof BrokenFile || error instanceof Found)) throw error
  } finally {
    file.close()
  }
  return format
}

/** Ends the reading early, once the format is known. */
class Found extends Error {}
