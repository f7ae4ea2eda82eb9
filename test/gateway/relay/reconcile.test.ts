/** Reconciling finds publishes that the bus lost without an error, also without further traffic. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { ReconcileSchedule, type Reconcilable } from '../../../gateway/relay/reconcile-schedule.ts'
import { startGateway, type PassClaims } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const SECOND = 1000

/** A gateway whose bus loses publishes and whose clock jumps when the test says; `isFrozen`: it does not go on by itself. */
async function forgetful({ isFrozen = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const backbone = new HookedBackbone(await openEmbedded({ dataDir: join(folder, 'store') }))
  let skippedMs = 0
  const startedAt = Date.now()
  const gateway = await startGateway(
    { DATA_DIR: folder, LOG_LEVEL: 'silent' },
    { backbone, now: () => (isFrozen ? startedAt : Date.now()) + skippedMs },
  )
  onTestFinished(async () => {
    await gateway.stop()
    await rm(folder, { recursive: true })
  })
  const arrive = async (claims: PassClaims, hello: Record<string, unknown> = {}): Promise<WireClient> => {
    const wireClient = await new WireClient(gateway.url, 'ws').open()
    await wireClient.hello({ token: await gateway.pass(claims), ...hello })
    return wireClient
  }
  const missed = async (): Promise<number> => Number(/^im_missed_total (\d+)$/m.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1])
  /** Moves the clock and runs the node's jobs. */
  const pass = async (ms: number): Promise<void> => {
    skippedMs += ms
    await new Promise((resolve) => setTimeout(resolve, 1100))
  }
  return { backbone, gateway, arrive, pass, missed }
}

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })
const lose = (): void => undefined

describe.concurrent('a publish that was lost without an error', () => {
  test('is found within 45 s, for every connected window, whether it shows the conversation or not', async () => {
    const { backbone, arrive, pass, missed } = await forgetful()
    const [agent, customer] = [await arrive({ sub: 'a1', role: 'agent', shop: '1' }), await arrive({ sub: 'c1' }, { to: 'shop:1' })]
    await customer.command('send', text('shop:1', 'm1'))
    await agent.push('messagePush')
    await pass(0)
    backbone.onPublished = lose
    for (const id of ['m2', 'm3']) await customer.command('send', text('shop:1', id))
    backbone.onPublished = undefined
    await pass(45 * SECOND)
    await agent.until(() => agent.pushes('messagePush').some(({ id }) => id === 'm3'))
    await agent.until(() => agent.pushes('cursorPush').some(({ read }) => read === 3))
    expect(agent.pushes('messagePush').map(({ seq }) => seq)).toEqual([1, 2, 3])
    await vi.waitUntil(async () => (await missed()) === 2)
  })

  test('is also found when it announces a new conversation', async () => {
    const { backbone, arrive, pass } = await forgetful()
    const [agent, customer] = [await arrive({ sub: 'a1', role: 'agent', shop: '1' }), await arrive({ sub: 'c1' })]
    await pass(0)
    backbone.onPublished = lose
    await customer.command('send', text('shop:1', 'm1'))
    backbone.onPublished = undefined
    await pass(45 * SECOND)
    expect(await agent.push('conversationPush')).toMatchObject({ to: 'c1', unread: 1 })
    expect(await agent.push('messagePush')).toMatchObject({ id: 'm1' })
    await customer.command('send', text('shop:1', 'm2'))
    expect(await agent.push('messagePush', 1)).toMatchObject({ id: 'm2' })
  })

  test('is pushed once when it was only late, and nothing is pushed when nothing was lost', async () => {
    // on a busy machine the second look, a second after the first, would come before the late publish
    const { backbone, arrive, pass, missed } = await forgetful({ isFrozen: true })
    const [agent, customer] = [await arrive({ sub: 'a1', role: 'agent', shop: '1' }), await arrive({ sub: 'c1' }, { to: 'shop:1' })]
    await customer.command('send', text('shop:1', 'm1'))
    await pass(0)
    const late: (() => void)[] = []
    backbone.onPublished = (arriving) => late.push(arriving)
    await customer.command('send', text('shop:1', 'm2'))
    backbone.onPublished = undefined
    await pass(45 * SECOND)
    for (const arriving of late) arriving()
    for (let n = 0; n < 3; n++) await pass(45 * SECOND)
    expect(agent.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2'])
    expect(customer.pushes('messagePush')).toEqual([])
    expect(await missed()).toBe(0)
  })
})

describe('the comparisons', () => {
  const counted = (result: () => Promise<unknown>): Reconcilable & { count: number } => {
    const audience = { count: 0, reconcile: () => (audience.count++, result()) }
    return audience
  }
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  test('come every 30 to 45 s, at random', async () => {
    let now = 0
    let chance = 0
    const positions = new ReconcileSchedule({ now: () => now, chance: () => (chance += 0.13) % 1 })
    const audiences = Array.from({ length: 100 }, () => counted(async () => undefined))
    const perSecond: number[] = []
    for (; now < 300 * SECOND; now += SECOND) {
      const before = audiences.reduce((sum, { count }) => sum + count, 0)
      positions.tick(audiences)
      await settle()
      perSecond.push(audiences.reduce((sum, { count }) => sum + count, 0) - before)
    }
    expect(perSecond.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 0))
    expect(Math.max(...perSecond)).toBeLessThan(20)
    expect(Math.min(...audiences.map(({ count }) => count))).toBeGreaterThanOrEqual(6)
    expect(Math.max(...audiences.map(({ count }) => count))).toBeLessThanOrEqual(9)
  })

  test('of very many take turns; an unavailable store ends nothing', async () => {
    let now = 0
    const positions = new ReconcileSchedule({ now: () => now, chance: () => 0 })
    let isThere = false
    const many = Array.from({ length: 700 }, () =>
      counted(async () => {
        if (!isThere) throw new Error('away')
      }),
    )
    positions.tick(many)
    const rounds: number[] = []
    now += 45 * SECOND
    for (let n = 0; n < 4; n++, now += SECOND) {
      const before = many.reduce((sum, { count }) => sum + count, 0)
      positions.tick(many)
      await settle()
      rounds.push(many.reduce((sum, { count }) => sum + count, 0) - before)
    }
    expect(rounds).toEqual([300, 300, 100, 0])
    isThere = true
    now += 45 * SECOND
    positions.tick(many)
    expect(many.filter(({ count }) => count === 2)).toHaveLength(300)
  })
})
