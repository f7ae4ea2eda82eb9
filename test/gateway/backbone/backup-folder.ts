/**
 * A process that makes a backup or restores one, and says what came of it in one line. argv: backup or restore, from, to; then, where it is to be killed in
 * the middle, the file of which it must have written 4 MB by then.
 */
import { statSync } from 'node:fs'
import { backup, restore } from '../../../gateway/backbone/embedded/backup.ts'

const [command, from = '', to = '', file] = process.argv.slice(2)
if (file !== undefined) {
  setInterval(() => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 4_000_000) process.kill(process.pid, 'SIGKILL')
  }, 0)
}
try {
  console.log(JSON.stringify(await (command === 'backup' ? backup : restore)(from, to)))
} catch (error) {
  console.log((error as Error).message)
}
process.exit()
