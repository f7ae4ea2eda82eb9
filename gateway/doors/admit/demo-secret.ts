import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The secret of a gateway that was given none, and the word for its passes: made once, so that both survive a restart. */
export const demoSecret = (dataDir: string): Promise<string> => keptRandom(join(dataDir, 'demo-secret'), 32)
export const keptWord = (dataDir: string): Promise<string> => keptRandom(join(dataDir, 'demo-word'), 9)

async function keptRandom(path: string, bytesCount: number): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  try {
    await writeFile(path, randomBytes(bytesCount).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFile(path, 'utf8')
}
