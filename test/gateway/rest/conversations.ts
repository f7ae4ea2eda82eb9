/** Conversations, messages and customers by REST; the same on either store. */
import { describe, expect, it } from 'vitest'
import type { Answered, RestWorld } from './rest-world.ts'

interface Row {
  readonly conversation: string
  readonly service?: { readonly phase: string; readonly agent?: { readonly id: string }; readonly tags?: readonly string[] }
}
const rowsOf = ({ json }: Answered): readonly Row[] => json.conversations as readonly Row[]
const idsOf = (answered: Answered): string[] => rowsOf(answered).map(({ conversation }) => conversation)

export function describeConversations(world: () => RestWorld): void {
  const ask = (...asked: Parameters<RestWorld['ask']>) => world().ask(...asked)
  const unique = (name: string): string => world().unique(name)

  describe("a shop's conversations", () => {
    it('are listed by their state, and one has its head, cursors and assignment', async () => {
      const shop = unique('s')
      const waiting = await world().written(shop, unique('c'), ['one', 'two'], 'Ann')
      const closed = await world().written(shop, unique('c'))
      await ask(`POST /conversations/${closed}/close`)
      const list = async (state: string) => idsOf(await ask(`GET /shops/${shop}/conversations?state=${state}`))
      expect([await list('waiting'), await list('open'), await list('closed'), (await list('all')).toSorted()]).toEqual([
        [waiting],
        [],
        [closed],
        [waiting, closed].toSorted(),
      ])
      const { status, json } = await ask(`GET /conversations/${waiting}`)
      expect([status, json]).toMatchObject([
        200,
        { conversation: waiting, name: 'Ann', unread: 2, head: { seq: 2 }, last: { body: { text: 'two' } }, service: { phase: 'waiting' } },
      ])
    })

    it('come page by page, each once, while customers go on writing, and those of one millisecond, too', async () => {
      const shop = unique('s')
      const customers = Array.from({ length: 9 }, () => unique('c'))
      const all = customers.map((customer) => `shop:${shop}~${customer}`)
      await Promise.all(customers.map((customer) => ask('POST /conversations', { body: { shop, customer, message: { body: { text: 'hi' } } } })))
      for (const state of ['all', 'waiting']) {
        const seen: string[] = []
        let cursor = ''
        for (let page = 0; page < 20; page++) {
          const answered = await ask(`GET /shops/${shop}/conversations?state=${state}&limit=2${cursor}`)
          seen.push(...idsOf(answered))
          // what was listed moves to the top, behind the reader
          const [first] = idsOf(answered)
          if (first !== undefined) await ask('POST /messages', { body: { conversation: first, body: { text: 'more' } } })
          if (answered.json.next === undefined) break
          cursor = `&cursor=${String(answered.json.next)}`
        }
        expect(seen.toSorted()).toEqual(all.toSorted())
      }
    })

    it('refuse a cursor of another list, and one that is made up', async () => {
      const shop = unique('s')
      for (let n = 0; n < 2; n++) await world().written(shop, unique('c'))
      const { next } = (await ask(`GET /shops/${shop}/conversations?limit=1`)).json
      expect((await ask(`GET /shops/${shop}/conversations?state=waiting&cursor=${String(next)}`)).status).toBe(400)
      const texts = ['x', '[]', '["last"]', '["last",null,"a"]', '["last",1e999,"a"]', '{"length":3}', 'null', '7', '["last","1","a"]']
      for (const text of texts) {
        const cursor = Buffer.from(text).toString('base64url')
        expect([text, (await ask(`GET /shops/${shop}/conversations?cursor=${cursor}`)).status]).toEqual([text, 400])
      }
    })

    it('begin with a message, and are not begun without one', async () => {
      const [shop, customer] = [unique('s'), unique('c')]
      expect(await ask('POST /conversations', { body: { shop, customer } })).toMatchObject({
        status: 404,
        json: { error: { code: 'unknown_conversation' } },
      })
      const client = await world().arrive({ sub: customer })
      const begun = await ask('POST /conversations', { body: { shop, customer, message: { id: 'b1', body: { text: 'Your order is late.' } } } })
      expect(begun).toMatchObject({
        status: 200,
        json: { conversation: `shop:${shop}~${customer}`, service: { phase: 'waiting' }, head: { seq: 1 } },
      })
      expect(await client.push('messagePush')).toMatchObject({ kind: 'system', body: { text: 'Your order is late.' } })
      expect(await ask('POST /conversations', { body: { shop, customer } })).toMatchObject({ status: 200, json: { service: { phase: 'waiting' } } })
    })

    it('are opened again for an agent who is there', async () => {
      const shop = unique('s')
      const conversation = await world().written(shop, unique('c'))
      await ask(`POST /conversations/${conversation}/close`)
      await world().agent(shop, 'bo')
      const opened = await ask('POST /conversations', { body: { shop, customer: conversation.split('~')[1] } })
      expect(opened).toMatchObject({ status: 200, json: { service: { phase: 'open', agent: { id: 'bo', name: 'BO' } } } })
    })
  })

  describe('a backend', () => {
    it('gives a conversation to an agent, to another, and back to the queue, and every desk sees it', async () => {
      const shop = unique('s')
      const [ann, bo] = [await world().agent(shop, 'ann'), await world().agent(shop, 'bo', 1)]
      const conversation = await world().written(shop, unique('c'))
      const assign = (body: object) => ask(`POST /conversations/${conversation}/assign`, { body, node: 1 })
      const seen = (agent: typeof ann, phase: string, id?: string) =>
        agent.until(() => agent.pushes('conversationPush').find(({ service }) => service?.phase === phase && service.agent?.id === id))
      for (const id of ['bo', 'ann', 'ann', 'bo']) {
        expect(await assign({ agent: id })).toMatchObject({
          status: 200,
          json: { service: { phase: 'open', agent: { id, name: id.toUpperCase() } } },
        })
      }
      await Promise.all([seen(ann, 'open', 'bo'), seen(bo, 'open', 'ann')])
      expect(await assign({ agent: 'nobody' })).toMatchObject({ status: 409, json: { error: { code: 'agent_unavailable' } } })
      await bo.command('changeStatus', { status: 'away' })
      await ann.command('changeStatus', { status: 'away' })
      expect(await assign({})).toMatchObject({ status: 200, json: { service: { phase: 'waiting' } } })
      await Promise.all([seen(ann, 'waiting'), seen(bo, 'waiting')])
    })

    it('closes what an agent who is there has', async () => {
      const shop = unique('s')
      const ann = await world().agent(shop, 'ann')
      const conversation = await world().written(shop, unique('c'))
      await ask(`POST /conversations/${conversation}/assign`, { body: { agent: 'ann' } })
      const close = () => ask(`POST /conversations/${conversation}/close`)
      expect(await close()).toMatchObject({ status: 200, json: { service: { phase: 'closed', agent: { id: 'ann' } } } })
      expect((await close()).status).toBe(200)
      await ann.until(() => ann.pushes('conversationPush').some(({ service }) => service?.phase === 'closed'))
    })

    it('tags conversations: agents see the tags, closing keeps them, and there may be twenty', async () => {
      const shop = unique('s')
      const ann = await world().agent(shop, 'ann')
      const conversation = await world().written(shop, unique('c'))
      const tag = (body: object) => ask(`POST /conversations/${conversation}/tags`, { body })
      expect(await tag({ add: ['vip', ' late\nparcel '] })).toMatchObject({ status: 200, json: { service: { tags: ['vip', 'late parcel'] } } })
      expect(await tag({ add: ['vip'], remove: ['late parcel', 'never'] })).toMatchObject({ json: { service: { tags: ['vip'] } } })
      await ann.until(() => ann.pushes('conversationPush').some(({ service }) => service?.tags?.join() === 'vip'))
      await ask(`POST /conversations/${conversation}/close`)
      expect((await ann.command('conversations', {})).conversations[0]?.service).toMatchObject({ phase: 'closed', tags: ['vip'] })
      const twenty = Array.from({ length: 19 }, (_, n) => `t${n}`)
      expect((await tag({ add: twenty })).status).toBe(200)
      expect(await tag({ add: ['one more'] })).toMatchObject({ status: 409, json: { error: { code: 'too_many' } } })
      for (const body of [
        { add: [''] },
        { add: ['\u200b'] },
        { add: ['x'.repeat(41)] },
        { add: ['a'], remove: ['a'] },
        { add: 'vip' },
        { tags: [] },
      ]) {
        expect([body, (await tag(body)).status]).toEqual([body, 400])
      }
      expect(await tag({ remove: [...twenty, 'vip'] })).toMatchObject({ status: 200 })
      expect((await ask(`GET /conversations/${conversation}`)).json.service).not.toHaveProperty('tags')
    })

    it('blocks a customer under its name, lists that, and ends it', async () => {
      const shop = unique('s')
      const conversation = await world().written(shop, unique('c'), ['hello'], 'Mallory')
      const customer = await world().arrive({ sub: conversation.split('~')[1]! })
      const block = (body: object) => ask(`POST /conversations/${conversation}/block`, { key: 'crm', body })
      expect((await block({ reason: ' ' })).status).toBe(400)
      expect((await block({ reason: 'spam', until: 5 })).status).toBe(400)
      expect(await block({ reason: 'spam' })).toMatchObject({
        status: 200,
        json: { service: { blocked: { reason: 'spam', by: { id: 'system', name: 'crm' } } } },
      })
      expect(await customer.push('blockPush')).toMatchObject({ reason: 'spam' })
      expect((await ask(`GET /shops/${shop}/blocked`)).json).toMatchObject({ blocked: [{ conversation, name: 'Mallory', reason: 'spam' }] })
      const refused = await customer.ask('send', { to: `shop:${shop}`, id: 'x1', kind: 'text', body: { text: 'spam' } })
      expect(refused.error?.code).toBe('blocked')
      expect((await ask(`POST /conversations/${conversation}/unblock`, { key: 'crm' })).status).toBe(200)
      expect((await ask(`GET /shops/${shop}/blocked`)).json).toEqual({ blocked: [] })
    })

    it('writes as an agent, who then has the conversation, with pictures and cards', async () => {
      const shop = unique('s')
      const conversation = await world().written(shop, unique('c'))
      const agent = { id: 'dora', name: 'Dora' }
      const picture = (await world().upload('writer')).json
      const write = (body: object) => ask('POST /messages', { body: { conversation, agent, ...body } })
      expect(await write({ id: 'a1', body: { text: 'Good morning' } })).toMatchObject({ status: 200, json: { seq: 2 } })
      expect(await write({ kind: 'image', body: { text: 'A kettle', ...picture } })).toMatchObject({ status: 200 })
      expect(await write({ kind: 'order', body: { text: 'Order 7', number: '7', status: 'Sent' } })).toMatchObject({ status: 200 })
      const { messages } = (await ask(`GET /conversations/${conversation}/messages?after=1`)).json as { messages: readonly object[] }
      expect(messages).toMatchObject([
        { from: 'dora', name: 'Dora', side: `shop:${shop}`, kind: 'text' },
        { kind: 'image', body: { url: picture.url } },
        { kind: 'order', body: { number: '7' } },
      ])
      expect((await ask(`GET /conversations/${conversation}`)).json.service).toMatchObject({ phase: 'open', agent })
      expect(await write({ kind: 'system', body: { text: 'x' } })).toMatchObject({ status: 403 })
      expect(await write({ kind: 'image', body: { text: 'x', url: `/v1/images/${'a'.repeat(24)}` } })).toMatchObject({ status: 410 })
      expect(await write({ bot: agent, body: { text: 'x' } })).toMatchObject({ status: 400 })
      for (const id of ['queue', 'shop:1', 'a b', 'a~b']) {
        expect([id, (await ask('POST /messages', { body: { conversation, agent: { id, name: 'X' }, body: { text: 'x' } } })).status]).toEqual([
          id,
          400,
        ])
      }
    })

    it("keeps a shop's quick replies, and the desks read them again", async () => {
      const shop = unique('s')
      const ann = await world().agent(shop, 'ann')
      await ann.command('saveQuickReply', { quickReply: { id: 'mine', scope: 'own', title: 'Mine', text: 'mine' } })
      const put = await ask(`PUT /shops/${shop}/quick-replies/r1`, { body: { folder: 'Parcels', title: 'Late', text: 'It is late.' } })
      expect(put).toMatchObject({ status: 200, json: { quickReply: { id: 'r1', title: 'Late' } } })
      await ann.push('quickRepliesPush')
      expect((await ask(`GET /shops/${shop}/quick-replies`)).json).toEqual({
        quickReplies: [{ id: 'r1', folder: 'Parcels', title: 'Late', text: 'It is late.' }],
      })
      expect((await ask(`DELETE /shops/${shop}/quick-replies/r1`)).status).toBe(200)
      expect((await ask(`DELETE /shops/${shop}/quick-replies/r1`)).status).toBe(200)
      expect((await ann.command('quickReplies', {})).quickReplies.map(({ id }) => id)).toEqual(['mine'])
      expect((await ask(`PUT /shops/${shop}/quick-replies/r1`, { body: { title: 'x', text: 'y', scope: 'own' } })).status).toBe(400)
    })

    it('sees which agents are there, with what, and whether a customer is', async () => {
      const shop = unique('s')
      expect((await ask(`GET /shops/${shop}/agents`)).json).toEqual({ online: false, status: 'offline', agents: [] })
      const ann = await world().agent(shop, 'ann')
      const customer = unique('c')
      const conversation = await world().written(shop, customer, ['hello'], 'Ada')
      await ask(`POST /conversations/${conversation}/assign`, { body: { agent: 'ann' } })
      await ann.command('changeStatus', { status: 'busy' })
      expect((await ask(`GET /shops/${shop}/agents`, { node: 1 })).json).toEqual({
        online: true,
        status: 'busy',
        agents: [{ id: 'ann', name: 'ANN', status: 'busy', load: 1 }],
      })
      await world().arrive({ sub: customer })
      expect((await ask(`GET /customers/${customer}`)).json).toEqual({ customer, name: 'Ada', at: expect.any(Number), online: true })
      expect(await ask(`GET /customers/${unique('nobody')}`)).toMatchObject({ status: 404 })
    })

    it("lists a shop's customers and a customer's conversations", async () => {
      const [shop, other, customer] = [unique('s'), unique('s'), unique('c')]
      await world().written(shop, customer, ['hello'], 'Ada')
      await world().written(other, customer)
      const { id } = await world()
        .guest()
        .then(async (guest) => {
          await guest.client.command('send', { to: `shop:${shop}`, id: 'g', kind: 'text', body: { text: 'hello' } })
          return guest
        })
      expect((await ask(`GET /shops/${shop}/customers`)).json).toEqual({
        customers: [
          { customer: id, name: 'Visitor', guest: true, at: expect.any(Number) },
          { customer, name: 'Ada', at: expect.any(Number) },
        ],
      })
      expect(idsOf(await ask(`GET /customers/${customer}/conversations`)).toSorted()).toEqual(
        [`shop:${shop}~${customer}`, `shop:${other}~${customer}`].toSorted(),
      )
    })
  })
}
