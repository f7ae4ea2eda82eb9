/**
 * A process that appends until the store refuses, as on a full disk, and says what it saw, as JSON. Anything that
 * nobody caught ends it, as it would end a gateway. argv: data folder, conversation, bytes at which the journal is checkpointed.
 */
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

const [dataDir = '', conversation = '', checkpointBytes = ''] = process.argv.slice(2)
const backbone = await openEmbedded({ dataDir, checkpointBytes: Number(checkpointBytes) })
const { store } = backbone

const append = (count: number) =>
  store.append({
    conversation,
    id: `m${count}`,
    from: 'sender',
    side: 'sender',
    kind: 'text',
    body: { text: 'x'.repeat(2000) },
    at: count,
    origin: '',
  })

let count = 0
let refusal: Error | undefined
while (refusal === undefined && count < 5000) {
  await append(count + 1).then(
    () => {
      count++
    },
    (error: Error) => {
      refusal = error
    },
  )
}
const again = await append(count + 1).then(
  () => 'appended',
  (error: Error) => error.name,
)
const { head } = await store.read(conversation, { limit: 1 })
console.log(JSON.stringify({ count, refusal: refusal?.name, again, head: head.seq, unready: backbone.unready() }))
process.exit()
