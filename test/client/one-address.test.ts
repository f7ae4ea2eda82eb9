/** Visitors who all come from one address, as behind a carrier's or an office's NAT, at a real gateway with its own defaults. */
import { expect, test, vi } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { openFaultProxy } from '../kit/fault-proxy.ts'
import { startGateway } from '../kit/gateway.ts'

const VISITORS = Number(process.env.VISITORS ?? 80)
const environment = process.env.GUESTS_PER_MINUTE === undefined ? {} : { GUESTS_PER_MINUTE: process.env.GUESTS_PER_MINUTE }

test('80 visitors who come at once are all in, and none is told that there are too many', { timeout: 600_000 }, async ({ onTestFinished }) => {
  const gateway = await startGateway(environment)
  const proxy = await openFaultProxy(gateway.port)
  const fetches = vi.spyOn(globalThis, 'fetch')
  const startedAt = performance.now()
  const clients = Array.from({ length: VISITORS }, () => createClient({ gateway: proxy.url, to: 'shop:42', storage: null }))
  onTestFinished(async () => {
    fetches.mockRestore()
    for (const client of clients) client.close()
    await proxy.close()
    await gateway.stop()
  })
  const times: number[] = []
  const refusals: string[] = []
  for (const client of clients) {
    client.connection.subscribe((state) => {
      if (state.name === 'live') times.push(performance.now() - startedAt)
      if ('refusal' in state && state.refusal) refusals.push(state.refusal.code)
    })
    client.connect()
  }
  await vi.waitUntil(() => times.length >= VISITORS, { timeout: 590_000, interval: 50 })
  const passes = fetches.mock.calls.filter(([address]) => String(address).endsWith('/v1/guests')).length
  if (process.env.VISITORS !== undefined) {
    const at = (share: number): string => `${Math.round(times.toSorted((a, b) => a - b)[Math.ceil(share * VISITORS) - 1]!)} ms`
    console.log(`${VISITORS} visitors: half in after ${at(0.5)}, all after ${at(1)}; ${passes} requests for passes, ${proxy.upgradeCount} sockets`)
  }
  // a machine that is too busy may say hello too late, and fetch again
  expect(refusals).not.toContain('rate_limited')
})
