/**
 * A process that appends without end and says what was acknowledged, one line `seq id` each, until it is killed.
 * argv: data folder, conversation, run number, bytes at which the journal is checkpointed.
 */
import { writeSync } from 'node:fs'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

const [dataDir = '', conversation = '', run = '', checkpointBytes = ''] = process.argv.slice(2)
const backbone = await openEmbedded({ dataDir, checkpointBytes: Number(checkpointBytes) })

async function send(sender: number): Promise<never> {
  for (let count = 1; ; count++) {
    const id = `${run}-${sender}-${count}`
    const { seq } = await backbone.store.append({
      conversation,
      id,
      from: `sender-${sender}`,
      side: `sender-${sender}`,
      kind: 'text',
      body: { text: 'x'.repeat(100) },
      at: count,
      origin: '',
    })
    // Synchronous, so that no acknowledgement of this process is lost with it.
    writeSync(1, `${seq} ${id}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, (_, sender) => send(sender)))
