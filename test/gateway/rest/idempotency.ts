/** `Idempotency-Key`; the same on either store. */
import { describe, expect, it } from 'vitest'
import type { Asked, RestWorld } from './rest-world.ts'

export function describeIdempotency(world: () => RestWorld): void {
  const once = (idempotencyKey: string, route: string, asked: Asked = {}) =>
    world().ask(route, { ...asked, headers: { 'idempotency-key': idempotencyKey } })

  describe('an Idempotency-Key', () => {
    it('makes a message once, whatever node the repetition reaches, and answers as the first time', async () => {
      const [shop, customer, key] = [world().unique('s'), world().unique('c'), world().unique('k')]
      const body = { conversation: `shop:${shop}~${customer}`, body: { text: 'Sent' } }
      const first = await once(key, 'POST /messages', { body })
      const second = await once(key, 'POST /messages', { body, node: 1 })
      expect([first.status, second.json]).toEqual([200, first.json])
      expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
      expect((await world().ask(`GET /conversations/${body.conversation}`)).json).toMatchObject({ head: { seq: 1 } })
    })

    it('of many at once lets one through', async () => {
      const [shop, customer, key] = [world().unique('s'), world().unique('c'), world().unique('k')]
      const body = { shop, customer, message: { body: { text: 'Hi' } } }
      const answers = await Promise.all(Array.from({ length: 8 }, (_, node) => once(key, 'POST /conversations', { body, node })))
      for (const { status, json, headers } of answers.filter((each) => each.status !== 200)) {
        expect([status, json.error?.code, Number(headers.get('retry-after')) > 0]).toEqual([429, 'rate_limited', true])
      }
      expect(answers.some(({ status }) => status === 200)).toBe(true)
      expect((await world().ask(`GET /conversations/shop:${shop}~${customer}`)).json).toMatchObject({ head: { seq: 1 } })
    })

    it('answers a command with what it led to then', async () => {
      const shop = world().unique('s')
      await world().agent(shop, 'ann')
      const conversation = await world().written(shop, world().unique('c'))
      const key = world().unique('k')
      const close = () => once(key, `POST /conversations/${conversation}/close`)
      const first = await close()
      await world().ask(`POST /conversations/${conversation}/assign`, { body: { agent: 'ann' } })
      expect((await close()).json).toEqual(first.json)
      expect((await world().ask(`GET /conversations/${conversation}`)).json).toMatchObject({ service: { phase: 'open' } })
    })

    it("is refused with another body, address or method, and is each API key's own, also while that is replaced", async () => {
      const [shop, key] = [world().unique('s'), world().unique('k')]
      const conversation = await world().written(shop, world().unique('c'))
      const write = (text: string, by: Asked['key']) => once(key, 'POST /messages', { key: by, body: { conversation, body: { text } } })
      expect((await write('one', 'crm')).json).toMatchObject({ seq: 2 })
      for (const refused of [
        await write('two', 'crm'),
        await once(key, `POST /conversations/${conversation}/close`, { key: 'crm' }),
        await once(key, `PUT /shops/${shop}`, { key: 'crm', body: {} }),
      ]) {
        expect([refused.status, refused.json.error?.code]).toEqual([409, 'conflict'])
      }
      expect((await write('one', 'crmNew')).json).toMatchObject({ seq: 2 })
      expect((await write('one', 'writer')).json).toMatchObject({ seq: 3 })
    })

    it('may be used again after a refusal', async () => {
      const [shop, key, customer] = [world().unique('s'), world().unique('k'), world().unique('c')]
      const close = () => once(key, `POST /conversations/shop:${shop}~${customer}/close`)
      expect((await close()).status).toBe(404)
      await world().written(shop, customer)
      expect((await close()).status).toBe(200)
    })

    it.each(['', ' ', 'x'.repeat(201), 'a b'])('is refused as %j', async (key) => {
      const { status, json } = await once(key, 'POST /conversations/shop:1~c1/close')
      expect([status, json.error?.code]).toEqual([400, 'bad_request'])
    })
  })
}
