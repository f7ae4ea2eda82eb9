import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** A file that is there is whole: it gets its name when everything is on the disk. */
export function writeWhole(path: string, text: string): void {
  const unnamed = `${path}.tmp`
  try {
    writeFileSync(unnamed, text, { flush: true, mode: 0o600 })
    renameSync(unnamed, path)
  } catch (error) {
    rmSync(unnamed, { force: true })
    throw error
  }
}
