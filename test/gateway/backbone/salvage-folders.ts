/** A process that salvages each folder of argv, starts on it and appends; says what came of each, one JSON a line. A signal would end it. */
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { salvage } from '../../../gateway/backbone/embedded/salvage.ts'
import { contentOf } from './damage.ts'

for (const folder of process.argv.slice(2)) {
  try {
    const salvaged = await salvage(folder)
    const backbone = await openEmbedded({ dataDir: folder })
    const content = await contentOf(backbone)
    const { seq } = await backbone.store.append({
      conversation: 'shop:7~c0',
      id: 'after',
      from: 'c0',
      side: 'c0',
      kind: 'text',
      body: { text: 'after' },
      at: 1e13,
      origin: '',
    })
    await backbone.close()
    console.log(JSON.stringify({ folder, salvaged: salvaged ?? null, content, appended: seq }))
  } catch (error) {
    console.log(JSON.stringify({ folder, name: (error as Error).name, message: (error as Error).message, stack: (error as Error).stack }))
  }
}
