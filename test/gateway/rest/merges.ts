/** A guest becomes part of a customer; the same on either store. */
import { describe, expect, it } from 'vitest'
import type { RestWorld } from './rest-world.ts'

interface Copy {
  readonly from: string
  readonly name?: string
  readonly kind: string
  readonly at: number
  readonly body: Readonly<Record<string, unknown>> & { readonly text: string; readonly earlier?: { readonly at: number; readonly seq: number } }
}

export function describeMerges(world: () => RestWorld): void {
  const ask = (...asked: Parameters<RestWorld['ask']>) => world().ask(...asked)
  const messagesOf = async (conversation: string): Promise<readonly Copy[]> =>
    (await ask(`GET /conversations/${conversation}/messages?limit=100`)).json.messages as readonly Copy[]
  const merge = (customer: string, guest: string, key: 'crm' | 'one' = 'crm') => ask(`POST /customers/${customer}/merge`, { key, body: { guest } })

  describe("a guest's merge into a customer", () => {
    it('copies what both said, as the customer, with its own times, and the open conversation goes on there', async () => {
      const [shop, customer] = [world().unique('s'), world().unique('c')]
      const { id, client } = await world().guest()
      const [guests, conversation] = [`shop:${shop}~${id}`, `shop:${shop}~${customer}`]
      const first = await client.command('send', { to: `shop:${shop}`, id: 'g1', kind: 'text', body: { text: 'Is it blue?' } })
      const taken = await client.command('send', { to: `shop:${shop}`, id: 'g2', kind: 'text', body: { text: 'a slip' } })
      await client.command('withdraw', { to: `shop:${shop}`, seq: taken.seq, id: 'g2' })
      await ask('POST /messages', { body: { conversation: guests, agent: { id: 'ann', name: 'Ann' }, id: 'a1', body: { text: 'It is.' } } })
      await client.command('send', {
        to: `shop:${shop}`,
        id: 'g3',
        kind: 'text',
        body: Object.assign({ text: 'Good' }, { quote: { seq: 1, id: 'g1' } }),
      })
      const session = await world().arrive({ sub: customer, name: 'Ada' }, 1)
      expect(await merge(customer, id)).toMatchObject({ status: 200, json: { conversations: [{ conversation, copied: 3 }] } })
      const copies = await messagesOf(conversation)
      expect(copies).toMatchObject([
        { from: customer, kind: 'text', at: first.at, body: { text: 'Is it blue?', earlier: { conversation: guests, seq: 1, at: first.at } } },
        { from: 'ann', name: 'Ann', body: { text: 'It is.' } },
        { from: customer, body: { text: 'Good', quote: { seq: 1, from: customer, text: 'Is it blue?' } } },
      ])
      expect(JSON.stringify(copies)).not.toMatch(/slip|Visitor/)
      expect(await session.push('messagePush')).toMatchObject({ conversation, body: { text: 'Is it blue?' } })
      expect((await ask(`GET /conversations/${conversation}`)).json.service).toMatchObject({ phase: 'open', agent: { id: 'ann' } })
      expect((await ask(`GET /conversations/${guests}`)).json.service).toMatchObject({ phase: 'closed' })
    })

    it('again copies nothing twice, and then what was written since', async () => {
      const [shop, customer] = [world().unique('s'), world().unique('c')]
      const { id, client } = await world().guest()
      const write = (n: string) => client.command('send', { to: `shop:${shop}`, id: n, kind: 'text', body: { text: n } })
      await write('one')
      await world().written(shop, customer, ['mine'])
      for (const copied of [1, 0, 0]) expect((await merge(customer, id)).json).toMatchObject({ conversations: [{ copied }] })
      await write('two')
      await Promise.all([merge(customer, id), merge(customer, id), ask(`POST /customers/${customer}/merge`, { body: { guest: id }, node: 1 })])
      const copies = await messagesOf(`shop:${shop}~${customer}`)
      expect(copies.map(({ body: { text } }) => text)).toEqual(['mine', 'one', 'two'])
      // a log's times never go back
      expect(copies[1]!.at).toBeGreaterThanOrEqual(copies[0]!.at)
      expect(copies[1]!.body.earlier!.at).toBeLessThanOrEqual(copies[0]!.at)
    })

    it('of more than a page of messages is complete and in order', async () => {
      const [shop, customer] = [world().unique('s'), world().unique('c')]
      const { id, client } = await world().guest()
      const texts = Array.from({ length: 230 }, (_, n) => `n${n}`)
      await Promise.all(texts.map((text) => client.command('send', { to: `shop:${shop}`, id: text, kind: 'text', body: { text } })))
      expect((await merge(customer, id)).json).toMatchObject({ conversations: [{ copied: 230 }] })
      const all: string[] = []
      for (let after = 0; after < 230; after += 100) {
        const { messages } = (await ask(`GET /conversations/shop:${shop}~${customer}/messages?after=${after}&limit=100`)).json as { messages: Copy[] }
        all.push(...messages.map(({ body: { text } }) => text))
      }
      expect(all).toEqual(texts)
    })

    it('keeps a picture that the guest withdraws afterwards', async () => {
      const [shop, customer] = [world().unique('s'), world().unique('c')]
      const { id, client } = await world().guest()
      const { json: picture } = await world().upload('writer')
      const sent = await client.command('send', { to: `shop:${shop}`, id: 'p', kind: 'image', body: { text: 'a kettle', ...picture } })
      await merge(customer, id)
      await client.command('withdraw', { to: `shop:${shop}`, seq: sent.seq, id: 'p' })
      expect((await fetch(world().nodes[0]!.url + String(picture.url))).status).toBe(200)
    })

    it('is refused for another customer, for who is no guest, and where a shop has blocked the guest', async () => {
      const [shop, customer] = [world().unique('s'), world().unique('c')]
      const { id, client } = await world().guest()
      await client.command('send', { to: `shop:${shop}`, id: 'g1', kind: 'text', body: { text: 'spam' } })
      const code = async (into: string, guest: string) => {
        const { status, json } = await merge(into, guest)
        return [status, json.error?.code]
      }
      expect(await code(customer, world().unique('c'))).toEqual([400, 'bad_request'])
      expect(await code(id, (await world().guest()).id)).toEqual([400, 'bad_request'])
      expect(await code('shop:1', id)).toEqual([400, 'bad_request'])
      await ask(`POST /conversations/shop:${shop}~${id}/block`, { body: { reason: 'spam' } })
      expect(await code(customer, id)).toEqual([409, 'blocked'])
      await ask(`POST /conversations/shop:${shop}~${id}/unblock`)
      await world().written(shop, customer)
      await ask(`POST /conversations/shop:${shop}~${customer}/block`, { body: { reason: 'spam' } })
      expect(await code(customer, id)).toEqual([409, 'blocked'])
      expect((await messagesOf(`shop:${shop}~${customer}`)).length).toBe(1)
      await ask(`POST /conversations/shop:${shop}~${customer}/unblock`)
      expect((await merge(customer, id)).status).toBe(200)
      expect(await code(world().unique('c'), id)).toEqual([409, 'conflict'])
    })

    it('by a key of some shops takes only what was said to them', async () => {
      const customer = world().unique('c')
      const { id, client } = await world().guest()
      for (const shop of ['one', 'two']) await client.command('send', { to: `shop:${shop}`, id: 'g1', kind: 'text', body: { text: 'hello' } })
      expect((await merge(customer, id, 'one')).json).toEqual({ conversations: [{ conversation: `shop:one~${customer}`, copied: 1 }] })
    })
  })
}
