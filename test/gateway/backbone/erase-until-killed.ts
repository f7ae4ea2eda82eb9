/** Fills two conversations, erases the first, and kills itself a moment after it has begun. Says what was answered. */
import { setTimeout as wait } from 'node:timers/promises'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { conversationSides } from '../../../gateway/protocol/keys.ts'

const [dataDir, gone, kept, delayMs] = process.argv.slice(2) as [string, string, string, string]
const backbone = await openEmbedded({ dataDir, checkpointBytes: 20_000 })
const message = (conversation: string, i: number, text: string) => {
  const from = conversationSides(conversation)![1]
  return { conversation, id: `m${i}`, from, side: from, kind: 'text', body: { text }, at: i, origin: '' }
}
await Promise.all(Array.from({ length: 10_000 }, (_, i) => backbone.store.append(message(gone, i, `ERASEDWORD ${i}`))))
await Promise.all(Array.from({ length: 50 }, (_, i) => backbone.store.append(message(kept, i, 'OTHERWORD'))))
void wait(Number(delayMs)).then(() => process.kill(process.pid, 'SIGKILL'))
await backbone.store.erase(gone)
process.stdout.write('erased\n')
await backbone.scrub()
process.stdout.write('scrubbed\n')
await new Promise(() => setInterval(() => undefined, 1000))
