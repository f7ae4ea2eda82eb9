import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'

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

const file = (content: string) => ({ name: 'replies.json', mimeType: 'application/json', buffer: Buffer.from(content) })

test('quick replies are written, moved, deleted and restored, exported and imported, and are the same for every agent', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'r1' })
  const bea = await deskPage(browser, gateway, { agent: 'bea', shop: 'r1' })
  for (const desk of [ann, bea]) await desk.part('show-replies').click()
  await ann.part('new-reply').click()
  await ann.part('reply-title').fill('\u200b')
  await ann.part('reply-text').fill('\u200b')
  await ann.part('save-reply').click()
  expect(await ann.part('reply-form').count()).toBe(1)
  await ann.part('reply-title').fill('Hello')
  await ann.part('reply-text').fill('Hello {customer}')
  await ann.part('reply-form').getByText('The whole shop').click()
  await ann.shot('reply-form')
  await ann.part('save-reply').click()
  await bea.part('managed-reply').getByText('Hello {customer}').waitFor()
  await ann.part('edit-reply').click()
  await ann.part('reply-folder').fill('Greetings')
  await ann.part('save-reply').click()
  await bea.page.locator('im-desk [data-test=folder][data-folder=Greetings]').waitFor()
  await ann.part('delete-reply').click()
  await bea.part('managed-reply').waitFor({ state: 'detached' })
  await ann.part('undo').click()
  await bea.part('managed-reply').waitFor()
  for (const [content, fault] of [
    ['{', 'not JSON'],
    ['{"a":1}', 'no list'],
    ['[{"title":"A","text":"x"},{"title":"","text":"y"}]', 'Entry 2'],
    ['x'.repeat(1_000_001), '1 MB'],
  ] as const) {
    await ann.part('import').setInputFiles(file(content))
    await ann.part('fault').getByText(fault).waitFor()
  }
  await ann
    .part('import')
    .setInputFiles(file('{"quickReplies":[{"title":"Bye","text":"Good bye","folder":"Greetings","scope":"shop"},{"title":"Mine","text":"me"}]}'))
  await ann.part('managed-reply').getByText('Good bye').waitFor()
  await ann.shot('replies-dialog')
  await expect.poll(() => bea.part('managed-reply').count()).toBe(2)
  const download = ann.page.waitForEvent('download')
  await ann.part('export').click()
  const stream = await (await download).createReadStream()
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  expect((JSON.parse(text) as { quickReplies: { title: string }[] }).quickReplies.map(({ title }) => title).sort()).toEqual(['Bye', 'Hello', 'Mine'])
  await ann.close()
  await bea.close()
})

test('shortcuts are changed, survive a reload, are refused where they are taken, and reset', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'r2' })
  const chord = (action: string) => ann.page.locator(`im-desk [data-test=chord][data-action=${action}]`)
  await ann.part('conversations').or(ann.part('search')).first().waitFor()
  await ann.part('show-shortcuts').click()
  await chord('search').click()
  await ann.page.keyboard.press('Alt+b')
  await ann.part('chord-fault').getByText('Block the customer').waitFor()
  await ann.shot('sheet')
  await ann.page.keyboard.press('Alt+f')
  await ann.page.keyboard.press('Escape')
  await ann.part('sheet').waitFor({ state: 'detached' })
  await ann.page.reload()
  await ann.page.locator('im-desk[connection="live"]').waitFor()
  await ann.page.keyboard.press('Alt+f')
  expect(await ann.part('search').evaluate((field) => field.matches(':focus'))).toBe(true)
  await ann.part('show-shortcuts').click()
  await ann.part('reset-shortcuts').click()
  await ann.page.keyboard.press('Escape')
  await ann.part('sheet').waitFor({ state: 'detached' })
  await ann.page.keyboard.press('/')
  expect(await ann.part('search').evaluate((field) => field.matches(':focus'))).toBe(true)
  await ann.close()
})
