/** A bus that may have missed publishes for many sides at once: all are compared with the store, a few at a time. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { conversationId, sideChannel } from '../../../gateway/protocol/keys.ts'
import { startGateway } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { WireClient } from '../../kit/wire-client.ts'

async function started() {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const backbone = new HookedBackbone(await openEmbedded({ dataDir: join(folder, 'store') }))
  let told: (channels: readonly string[]) => void = () => undefined
  Object.assign(backbone.bus, {
    onGap: (listener: typeof told) => {
      told = listener
      return () => undefined
    },
  })
  const gateway = await startGateway({ DATA_DIR: folder, LOG_LEVEL: 'silent', RATE_LIMITS: 'off' }, { backbone })
  onTestFinished(async () => {
    await gateway.stop()
    await rm(folder, { recursive: true })
  })
  return { gateway, backbone, tell: (channels: readonly string[]) => told(channels) }
}

test('after a gap each side gets what it lacks, in order and once, and the store is never asked for more than fifty lists at once', async () => {
  const { gateway, backbone, tell } = await started()
  const subs = Array.from({ length: 120 }, (_, n) => `c${n}`)
  const clients = await Promise.all(
    subs.map(async (sub) => {
      const client = await new WireClient(gateway.url, 'ws').open()
      await client.hello({ token: await gateway.pass({ sub }) })
      return client
    }),
  )
  const append = (sub: string, id: string) =>
    backbone.store.append({
      conversation: conversationId(sub, 'shop:1'),
      ...{ id, from: 'a1', side: 'shop:1', kind: 'text', body: { text: id }, at: Date.now(), origin: '' },
    })
  await Promise.all(subs.map((sub) => append(sub, 'm1')))
  await Promise.all(clients.map((client) => client.push('messagePush')))
  // the next two reach nobody
  backbone.onPublished = () => undefined
  for (const id of ['m2', 'm3']) await Promise.all(subs.map((sub) => append(sub, id)))
  backbone.onPublished = undefined

  const { list } = backbone.store
  let now = 0
  let most = 0
  Object.assign(backbone.store, {
    list: async (...args: Parameters<typeof list>) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      return list(...args).finally(() => now--)
    },
  })
  tell(subs.map(sideChannel))
  // told again while it is under way: what is there already is not pushed again
  tell(subs.map(sideChannel))
  await Promise.all(clients.map((client) => client.push('messagePush', 2)))
  await vi.waitUntil(() => now === 0)
  await Promise.all(subs.map((sub) => append(sub, 'm4')))
  await Promise.all(clients.map((client) => client.push('messagePush', 3)))
  for (const client of clients) expect(client.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'm4'])
  expect(most).toBeLessThanOrEqual(50)
  expect(most).toBeGreaterThan(10)
})

test('what is published while a side is compared after a gap arrives once, although the list that is compared is older', async () => {
  const { gateway, backbone, tell } = await started()
  const client = await new WireClient(gateway.url, 'ws').open()
  await client.hello({ token: await gateway.pass({ sub: 'c' }) })
  const conversation = conversationId('c', 'shop:1')
  const append = (id: string) =>
    backbone.store.append({ conversation, id, from: 'a1', side: 'shop:1', kind: 'text', body: { text: id }, at: Date.now(), origin: '' })
  await append('m1')
  await client.push('messagePush')

  const { list, read } = backbone.store
  let readCount = 0
  const done = new Promise<void>((resolve) =>
    Object.assign(backbone.store, {
      list: async (...args: Parameters<typeof list>) => {
        const page = await list(...args)
        await append('m2')
        await client.push('messagePush', 1)
        return page
      },
      read: async (...args: Parameters<typeof read>) => {
        const page = await read(...args)
        await append(`after-${++readCount}-1`)
        await append(`after-${readCount}-2`)
        // the last read of a comparison looks for withdrawn messages
        if (args[1].limit === 50) resolve()
        return page
      },
    }),
  )
  tell([sideChannel('c')])
  await done
  Object.assign(backbone.store, { list, read })
  await append('last')
  await client.until(() => client.pushes('messagePush').some(({ id }) => id === 'last'))
  const numbers = client.pushes('messagePush').map(({ seq }) => seq)
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))
})
