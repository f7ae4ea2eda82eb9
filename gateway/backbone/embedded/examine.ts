import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataFolderError } from './data-folder-error.ts'
import { BrokenFile, LmdbFile } from './lmdb-file.ts'
import { unsealed } from './sealed.ts'

export const ENVIRONMENTS = ['journal', 'main', 'images'] as const

/** The name under which an entry is sealed. */
export const sealName = (environment: string, database: string): string => (database === '' ? environment : `${environment}/${database}`)

/**
 * Reads every page and entry of the folder before LMDB maps any of it, and throws `DataFolderError` with what is wrong and what to do.
 * A file cut short, a page of zeros, a byte that flipped, a file that is missing beside the others: none is taken for true. `sealedFrom` is
 * the first format whose entries have checksums.
 */
export function examine(folder: string, sealedFrom: number): void {
  const paths = ENVIRONMENTS.map((name) => [name, join(folder, name, 'data.mdb')] as const)
  const isThere = (path: string): boolean => existsSync(path) && statSync(path).size > 0
  const missing = paths.filter(([, path]) => !isThere(path)).map(([name]) => name)
  if (missing.length === paths.length) return
  const format = missing.includes('main') ? undefined : formatOf(folder)
  for (const [name, path] of paths) {
    if (missing.includes(name)) continue
    try {
      look(path, name, format === undefined || format >= sealedFrom)
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error
      throw damaged(folder, `${name}/data.mdb: ${error.message}`)
    }
  }
}

export const damaged = (folder: string, what: string): DataFolderError => new DataFolderError(
  `The data folder ${folder} is damaged: ${what}. Nothing was changed. Restore the whole folder from one backup, `
  + 'or keep it for a rescue and set DATA_DIR to another folder.')

function look(path: string, environment: string, isSealed: boolean): void {
  const file = new LmdbFile(path)
  try {
    file.check(({ database, key, value }) => {
      if (isSealed && unsealed(sealName(environment, database), key, value) === undefined) {
        throw new BrokenFile(`an entry of ${database || environment} is not what was written`)
      }
    })
  } finally {
    file.close()
  }
}

/** As far as it can be read: of a damaged file it does not matter. */
function formatOf(folder: string): number | undefined {
  const file = new LmdbFile(join(folder, 'main', 'data.mdb'))
  let format: number | undefined
  try {
    file.check(({ database, key, value }) => {
      if (database !== 'about' || key.toString() !== 'format') return
      const said = unsealed(sealName('main', 'about'), key, value) ?? value
      format = Number(said)
      throw new Found()
    })
  } catch (error) {
    if (!(error instanceof BrokenFile || error instanceof Found)) throw error
  } finally {
    file.close()
  }
  return format
}

/** Enough was read. */
class Found extends Error {}
