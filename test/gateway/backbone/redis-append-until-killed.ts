/**
 * A gateway's process that appends without end and says what was acknowledged, `seq id` a line, until it is killed.
 * argv: URL, conversation, run.
 */
import { writeSync } from 'node:fs'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'

const [url = '', conversation = '', run = ''] = process.argv.slice(2)
const backbone = await openRedis({ url })

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
    writeSync(1, `${seq} ${id}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, (_, sender) => send(sender)))
