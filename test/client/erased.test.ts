/** Clients at a real gateway, whose conversation is erased: they forget it, and never bring it back. */
import { expect, test, vi } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import type { ListingClient } from '../../widget/client/types.ts'
import { textsOf } from '../kit/client-world.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'

vi.setConfig({ testTimeout: 30_000 })

const headers = { authorization: 'Bearer the-key-of-the-tests' }
const erase = async ({ url }: StartedGateway): Promise<unknown> => (await fetch(`${url}/v1/customers/lin`, { method: 'DELETE', headers })).json()
const log = async ({ url }: StartedGateway): Promise<string[]> => {
  const answer = await fetch(`${url}/v1/conversations/${encodeURIComponent('shop:1~lin')}/messages`, { headers })
  return ((await answer.json()) as { messages: { body: { text: string } }[] }).messages.map(({ body }) => body.text)
}

async function open(): Promise<{ gateway: StartedGateway; customer: ListingClient; agent: ListingClient }> {
  const gateway = await startGateway({ API_KEY: 'the-key-of-the-tests', LOG_LEVEL: 'silent' })
  const of = async (claims: Parameters<StartedGateway['pass']>[0], to: string): Promise<ListingClient> => {
    const client = createClient({ gateway: gateway.url, token: await gateway.pass(claims), to, storage: null })
    client.connect()
    return client
  }
  return { gateway, customer: await of({ sub: 'lin' }, 'shop:1'), agent: await of({ sub: 'ann', role: 'agent', shop: '1', name: 'Ann' }, 'lin') }
}

const until = (is: () => boolean | Promise<boolean>): Promise<unknown> => vi.waitUntil(is, { timeout: 20_000, interval: 20 })

async function talk({ customer, agent }: Awaited<ReturnType<typeof open>>): Promise<void> {
  void agent.inbox.loadMore()
  for (const text of ['one', 'two', 'three']) customer.conversation('shop:1').send(text)
  await until(() => textsOf(agent, 'lin').length === 3 && customer.conversation('shop:1').outbox.value.length === 0)
  agent.conversation('lin').send('four')
  const isSettled = (): boolean => agent.inbox.rows.value.length === 1 && agent.conversation('lin').outbox.value.length === 0
  await until(() => textsOf(customer, 'shop:1').length === 4 && isSettled())
}

test('open chats become empty, the list loses the row, and what is written then is all that there is', async ({ onTestFinished }) => {
  const all = await open()
  const { gateway, customer, agent } = all
  onTestFinished(async () => {
    for (const client of [customer, agent]) client.close()
    await gateway.stop()
  })
  await talk(all)
  expect(await erase(gateway)).toMatchObject({ conversations: 1, messages: 4 })
  await until(() => textsOf(customer, 'shop:1').length + textsOf(agent, 'lin').length + agent.inbox.rows.value.length === 0)
  customer.conversation('shop:1').send('again')
  await until(() => textsOf(agent, 'lin').length === 1 && agent.inbox.rows.value.length === 1)
  agent.conversation('lin').markRead()
  await until(() => customer.conversation('shop:1').theirs.value.read === 1)
  expect(await log(gateway)).toEqual(['again'])
  expect(customer.conversation('shop:1').unread.value + agent.conversation('lin').unread.value).toBe(0)
})

test('whoever was away meanwhile sends again what nobody had confirmed, and nothing else', async ({ onTestFinished }) => {
  const all = await open()
  const { gateway, customer, agent } = all
  onTestFinished(async () => {
    for (const client of [customer, agent]) client.close()
    await gateway.stop()
  })
  await talk(all)
  for (const client of [customer, agent]) client.close()
  customer.conversation('shop:1').send('written while away')
  await erase(gateway)
  for (const client of [customer, agent]) client.connect()
  await until(() => textsOf(agent, 'lin').length === 1 && textsOf(customer, 'shop:1').length === 1)
  expect(textsOf(customer, 'shop:1')).toEqual(['written while away'])
  expect(await log(gateway)).toEqual(['written while away'])
})
