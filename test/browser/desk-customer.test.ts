import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

const INFO = {
  profile: [{ label: 'Level', value: 'Gold' }],
  orders: [{ number: 'A-1187', title: 'Blue kettle', status: 'Shipped', total: '€ 39.00', at: 1_700_000_000_000 }],
}

let backend: Server
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  backend = createServer((request, response) => {
    const isUnknown = request.url!.includes('lee')
    response.writeHead(isUnknown ? 404 : 200, { 'content-type': 'application/json' }).end(isUnknown ? '{}' : JSON.stringify(INFO))
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const { port } = backend.address() as AddressInfo
  gateway = await spawnGateway({ CUSTOMER_URL: `http://127.0.0.1:${port}/{shop}/{customer}`, API_KEY: 'key' })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await new Promise((resolve) => backend.close(resolve))
})

test('the side panel shows who the customer is and what they look at; an order and the product go out as cards by one click', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'c1' })
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  const kinds: string[] = []
  kim.socket.on('messagePush', ({ kind }: { kind: string }) => kinds.push(kind))
  await kim.say('Hello', 'shop:c1')
  await ann.open('kim')
  await ann.part('customer').getByText('Gold').waitFor()
  await kim.ask('viewing', { to: 'shop:c1', product: { id: 'k1', title: 'Red kettle', price: '€ 49.00' } })
  await ann.part('viewing').getByText('Red kettle').waitFor()
  await ann.shot('customer')
  await ann.part('send-viewing').click()
  await ann.part('send-order').click()
  await expect.poll(() => kinds.filter((kind) => kind !== 'system')).toEqual(['product', 'order'])
  await ann.part('message').getByText('A-1187').waitFor()
  await ann.part('composer').fill('/')
  const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
  await lee.say('Hello too, about a teapot', 'shop:c1')
  await lee.say('And thanks', 'shop:c1')
  await ann.open('lee')
  await ann.page.locator('im-desk [data-test=customer]').getByText('isn’t in the shop’s system').waitFor()
  await ann.part('search').fill('teapot')
  await ann.row('lee').locator('mark').getByText('teapot').waitFor()
  await ann.shot('search')
  kim.leave()
  lee.leave()
  await ann.close()
})

test('tags that a backend gives a conversation stand beside it at once, as text, and go again', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'c2' })
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Hello', 'shop:c2')
  await ann.open('kim')
  const tag = (change: object) =>
    fetch(`${gateway.url}/v1/conversations/shop:c2~kim/tags`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
  const shown = ann.page.locator('im-desk').getByText('late parcel · <b>vip</b>', { exact: true })
  await tag({ add: ['late parcel', '<b>vip</b>'] })
  await shown.waitFor()
  await tag({ remove: ['late parcel', '<b>vip</b>'] })
  await shown.waitFor({ state: 'detached' })
  kim.leave()
  await ann.close()
})
