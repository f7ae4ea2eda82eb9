import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

test('shelves: a waiting conversation is claimed, is mine, is closed and reopened, and every colleague sees who has it', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'v1' })
  const bea = await deskPage(browser, gateway, { agent: 'bea', shop: 'v1' })
  for (const desk of [ann, bea]) {
    await desk.part('status').selectOption('busy')
    await desk.page.locator('im-desk .status-switch[data-status=busy]').waitFor()
  }
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await expect.poll(async () => await kim.ask('presence', { of: ['shop:v1'] })).toMatchObject({ presence: { 'shop:v1': { status: 'busy' } } })
  await kim.say('Anybody there?', 'shop:v1')
  await ann.page.locator('im-desk [data-shelf=waiting]').click()
  await ann.row('kim').locator('[data-state=waiting]').waitFor()
  await ann.open('kim')
  await ann.shot('waiting')
  await ann.part('claim').click()
  await ann.page.locator('im-desk [data-test=service][data-state=open]').getByText('Assigned to you').waitFor()
  await ann.page.locator('im-desk [data-shelf=waiting] .chip-count').waitFor({ state: 'detached' })
  // the open one stays in sight, whatever the shelf
  await ann.row('kim').and(ann.page.locator('[aria-selected=true]')).waitFor()
  await ann.page.locator('im-desk [data-shelf=mine]').click()
  await ann.row('kim').waitFor()
  await bea.row('kim').locator('[data-state=open]').getByText('Ann').waitFor()
  await bea.open('kim')
  await bea.part('service').getByText('Assigned to Ann').waitFor()
  await ann.shot('mine')
  await ann.part('close').click()
  await bea.row('kim').locator('[data-state=closed]').waitFor()
  await ann.part('told').getByText('The conversation with Kim is closed.').waitFor()
  await ann.part('undo').click()
  await bea.row('kim').locator('[data-state=open]').waitFor()
  kim.leave()
  await ann.close()
  await bea.close()
})

test('a colleague who answers is shown; notes stand among the messages of all agents and never reach the customer', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  const heard: string[] = []
  kim.socket.onAny((name: string) => heard.push(name))
  await kim.say('Is it blue?', 'shop:v2')
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'v2' })
  const bea = await deskPage(browser, gateway, { agent: 'bea', shop: 'v2' })
  await ann.open('kim')
  await bea.open('kim')
  await ann.part('composer').pressSequentially('It is')
  await bea.part('answering').getByText('Ann is answering').waitFor()
  await bea.shot('answering')
  await bea.page.keyboard.press('Alt+n')
  expect(await bea.part('note-field').evaluate((field) => field.matches(':focus'))).toBe(true)
  await bea.page.keyboard.type('Asked twice before')
  await bea.shot('note-form')
  await bea.page.keyboard.press('Enter')
  await ann.part('note').getByText('Asked twice before').waitFor()
  expect(await bea.part('composer').evaluate((field) => field.matches(':focus'))).toBe(true)
  expect(await ann.part('edit-note').count()).toBe(0)
  await bea.part('edit-note').click()
  await bea.part('note-field').fill('Asked three times')
  await bea.part('save-note').click()
  await ann.part('note').getByText('Asked three times').waitFor()
  await ann.shot('note')
  await bea.part('delete-note').click()
  await ann.part('note').waitFor({ state: 'detached' })
  await bea.part('undo').click()
  await ann.part('note').getByText('Asked three times').waitFor()
  await bea.page.reload()
  await bea.open('kim')
  await bea.part('note').getByText('Asked three times').waitFor()
  expect(heard.filter((name) => /note/i.test(name))).toEqual([])
  kim.leave()
  await ann.close()
  await bea.close()
})
