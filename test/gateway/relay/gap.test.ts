/** A bus that may have missed publishes for many sides at once: all are compared with the store, a few at a time. And a store that hangs meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Unavailable } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { conversationId, sideChannel } from '../../../gateway/protocol/keys.ts'
import { startGateway } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { WireClient } from '../../kit/wire-client.ts'

/** A gateway whose bus tells of a gap when `tell` is called, with clients of these subs. */
async function started(subs: readonly string[]) {
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
  const clients = await Promise.all(
    subs.map(async (sub) => {
      const client = await new WireClient(gateway.url, 'ws').open()
      await client.hello({ token: await gateway.pass({ sub }) })
      return client
    }),
  )
  const append = (sub: string, id: string, at = Date.now()) =>
    backbone.store.append({
      conversation: conversationId(sub, 'shop:1'),
      ...{ id, from: 'a1', side: 'shop:1', kind: 'text', body: { text: id }, at, origin: '' },
    })
  /** Appends what reaches nobody. */
  const lose = async (sub: string, ids: readonly string[], at?: number): Promise<void> => {
    backbone.onPublished = () => undefined
    for (const id of ids) await append(sub, id, at)
    backbone.onPublished = undefined
  }
  return { backbone, clients, append, lose, tell: () => told(subs.map(sideChannel)) }
}

const idsOf = (client: WireClient): string[] => client.pushes('messagePush').map(({ id }) => id)

test('after a gap each side gets what it lacks, in order and once, and the store is never asked for more than fifty lists at once', async () => {
  const subs = Array.from({ length: 120 }, (_, n) => `c${n}`)
  const { backbone, clients, append, tell } = await started(subs)
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
  tell()
  // told again while it is under way: what is there already is not pushed again
  tell()
  await Promise.all(clients.map((client) => client.push('messagePush', 2)))
  await vi.waitUntil(() => now === 0)
  await Promise.all(subs.map((sub) => append(sub, 'm4')))
  await Promise.all(clients.map((client) => client.push('messagePush', 3)))
  for (const client of clients) expect(idsOf(client)).toEqual(['m1', 'm2', 'm3', 'm4'])
  expect(most).toBeLessThanOrEqual(50)
  expect(most).toBeGreaterThan(10)
})

test('what a store that does not answer keeps from being compared is compared when it answers again', async () => {
  const { backbone, clients, append, lose, tell } = await started(['c1'])
  const [client] = clients as [WireClient]
  const { list } = backbone.store
  let refusedCount = 0
  Object.assign(backbone.store, {
    list: async (...args: Parameters<typeof list>) => {
      if (refusedCount++ < 2) throw new Unavailable('it hangs')
      return list(...args)
    },
  })
  await append('c1', 'm1')
  await client.push('messagePush')
  await lose('c1', ['m2'])
  tell()
  await client.push('messagePush', 1)
  expect(idsOf(client)).toEqual(['m1', 'm2'])
})

test('of a conversation that was new when its first message was lost, the row and that message come once although the first reading fails', async () => {
  const { backbone, clients, append, lose, tell } = await started(['c1'])
  const [client] = clients as [WireClient]
  let failCount = 0
  backbone.beforeRead = async () => {
    if (failCount++ < 1) throw new Unavailable('it hangs')
  }
  await lose('c1', ['m1', 'm2'])
  tell()
  await client.push('messagePush', 1)
  await append('c1', 'm3')
  await client.push('messagePush', 2)
  expect(idsOf(client)).toEqual(['m1', 'm2', 'm3'])
  expect(client.pushes('conversationPush')).toHaveLength(1)
})

test('a new conversation whose row could not be read with its first message gets it with the second', async () => {
  const { backbone, clients, append } = await started(['c1'])
  const [client] = clients as [WireClient]
  let failCount = 0
  backbone.beforeRead = async () => {
    if (failCount++ < 1) throw new Unavailable('it hangs')
  }
  for (const [i, id] of ['m1', 'm2'].entries()) {
    await append('c1', id)
    await client.push('messagePush', i)
  }
  expect(idsOf(client)).toEqual(['m1', 'm2'])
  expect(client.pushes('conversationPush').map(({ head }) => head.seq)).toEqual([2])
})

test('what was lost while a conversation was being read comes, too', async () => {
  const { backbone, clients, append, lose, tell } = await started(['c1'])
  const [client] = clients as [WireClient]
  await append('c1', 'm1')
  await client.push('messagePush')
  await lose('c1', ['m2'])
  let isFirst = true
  // told again when the page with `m2` has been read, and is on its way
  backbone.afterRead = async () => {
    if (!isFirst) return
    isFirst = false
    await lose('c1', ['m3'])
    const listed = vi.spyOn(backbone.store, 'list')
    tell()
    await vi.waitUntil(() => listed.mock.settledResults.some(({ type }) => type === 'fulfilled'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  tell()
  await client.push('messagePush', 2)
  expect(idsOf(client)).toEqual(['m1', 'm2', 'm3'])
})

test('what is published while a side is compared after a gap arrives once, although the list that is compared is older', async () => {
  const { backbone, clients, append, tell } = await started(['c1'])
  const [client] = clients as [WireClient]
  await append('c1', 'm1')
  await client.push('messagePush')

  const { list, read } = backbone.store
  let readCount = 0
  const done = new Promise<void>((resolve) =>
    Object.assign(backbone.store, {
      list: async (...args: Parameters<typeof list>) => {
        const page = await list(...args)
        await append('c1', 'm2')
        await client.push('messagePush', 1)
        return page
      },
      read: async (...args: Parameters<typeof read>) => {
        const page = await read(...args)
        await append('c1', `after-${++readCount}-1`)
        await append('c1', `after-${readCount}-2`)
        // the last read of a comparison looks for withdrawn messages
        if (args[1].limit === 50) resolve()
        return page
      },
    }),
  )
  tell()
  await done
  Object.assign(backbone.store, { list, read })
  await append('c1', 'last')
  await client.until(() => client.pushes('messagePush').some(({ id }) => id === 'last'))
  const numbers = client.pushes('messagePush').map(({ seq }) => seq)
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))
})

test('a message that was sent before its reader came, and written and lost after, comes, too', async () => {
  const { clients, lose, tell } = await started(['c1'])
  const [client] = clients as [WireClient]
  await lose('c1', ['m1'], Date.now() - 4000)
  tell()
  await client.push('messagePush')
  expect(idsOf(client)).toEqual(['m1'])
})
