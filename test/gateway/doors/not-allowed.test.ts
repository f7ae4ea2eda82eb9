/** A command that is not allowed is refused with the same words at every door. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ShopNodes, text } from '../../kit/shop-nodes.ts'
import { DEMO_WORD } from '../../kit/gateway.ts'
import { WireClient, TRANSPORTS, type Transport } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
beforeAll(async () => {
  nodes = await ShopNodes.start()
})
afterAll(() => nodes.stop())

interface Person {
  readonly sub: string
  readonly role: 'customer' | 'agent'
  readonly shop?: string
}

async function arrive(transport: Transport, person: Person): Promise<WireClient> {
  const response = await fetch(`${nodes.url}/v1/passes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${DEMO_WORD}` },
    body: JSON.stringify(person),
  })
  const { token } = (await response.json()) as { token: string }
  const wireClient = await new WireClient(nodes.url, transport).open()
  await wireClient.hello({ token })
  return wireClient
}

describe.each(TRANSPORTS)('through %s', (transport) => {
  async function scene() {
    const [shop, id, me] = [nodes.unique('s'), nodes.unique('c'), nodes.unique('a')]
    const agent = await arrive(transport, { sub: me, role: 'agent', shop })
    const customer = await arrive(transport, { sub: id, role: 'customer' })
    const { conversation } = await customer.command('send', text(`shop:${shop}`, 'm1'))
    const code = async (wireClient: WireClient, name: string, input: unknown) => (await wireClient.ask(name, input)).error?.code
    return { shop, me, agent, customer, conversation, code }
  }

  test("a customer may give none of the agents' commands", async () => {
    const { shop, customer, conversation, code } = await scene()
    const quickReply = { id: 'r', scope: 'shop', title: 'Hello', text: 'Hello' }
    const commands = {
      changeStatus: { status: 'away' },
      queue: {},
      claim: { conversation },
      close: { conversation },
      transfer: { conversation, to: 'somebody' },
      requestTransfer: { conversation },
      acceptTransfer: { conversation, transfer: 't', accept: true },
      block: { conversation, reason: 'x' },
      unblock: { conversation },
      blocked: {},
      customer: { to: `shop:${shop}` },
      notes: { conversation },
      saveNote: { conversation, id: 'n', text: 'x' },
      quickReplies: {},
      saveQuickReply: { quickReply },
      deleteQuickReply: { scope: 'shop', id: 'r' },
    }
    for (const [name, input] of Object.entries(commands)) expect([name, await code(customer, name, input)]).toEqual([name, 'forbidden'])
  })

  test('an agent may not transfer to themselves, to an absent agent, nor a conversation of another shop; nor block its customers', async () => {
    const { agent, me, conversation, code } = await scene()
    const rival = await arrive(transport, { sub: nodes.unique('a'), role: 'agent', shop: nodes.unique('s') })
    await agent.command('claim', { conversation })
    expect(await code(agent, 'transfer', { conversation, to: me })).toBe('bad_request')
    expect(await code(agent, 'transfer', { conversation, to: 'nobody' })).toBe('agent_unavailable')
    expect(await code(rival, 'transfer', { conversation, to: 'nobody' })).toBe('forbidden')
    expect(await code(rival, 'block', { conversation, reason: 'x' })).toBe('forbidden')
  })

  test('an agent changes only their own status, whatever else the command says; a quick reply has limits', async () => {
    const { shop, agent, code } = await scene()
    const colleague = nodes.unique('a')
    const other = await arrive(transport, { sub: colleague, role: 'agent', shop })
    await other.command('changeStatus', { status: 'away' })
    await agent.ask('changeStatus', { status: 'busy', of: colleague, id: colleague, to: colleague })
    const { presence } = await agent.command('presence', { of: [`shop:${shop}`] })
    expect(presence[`shop:${shop}`]?.agents?.find(({ id }) => id === colleague)).toMatchObject({ status: 'away' })
    const quickReply = { id: 'r', scope: 'shop', title: 'Hello', text: 'x'.repeat(2001) }
    expect(await code(agent, 'saveQuickReply', { quickReply })).toBe('bad_request')
    expect(await code(agent, 'saveQuickReply', { quickReply: { ...quickReply, text: 'x'.repeat(200_000) } })).toBe('too_large')
  })
})
