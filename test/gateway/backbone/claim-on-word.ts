/** A process that opens the data folder when it is told to, says whether it has it, and waits to be killed. argv: data folder. */
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

console.log('up')
process.stdin.once('data', () => {
  openEmbedded({ dataDir: process.argv[2]! }).then(
    () => console.log('has it'),
    (error: Error) => console.log(error.message),
  )
})
