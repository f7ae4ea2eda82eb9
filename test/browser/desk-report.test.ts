/** The report page of `<im-desk>`: the shop's figures, for a file too. */
import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway({ RATINGS: 'on' })
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** Two customers; one is answered, closed and rates, one is closed without an answer. */
async function shopWithFigures(shop: string, agentName = 'Ann'): Promise<void> {
  const ann = await person(gateway, { sub: `${shop}-ann`, name: agentName, role: 'agent', shop })
  const [kim, lee] = [await person(gateway, { sub: `${shop}-kim` }), await person(gateway, { sub: `${shop}-lee` })]
  for (const each of [kim, lee]) await each.say('Hello', `shop:${shop}`)
  await ann.say('Hi', `${shop}-kim`)
  for (const to of ['kim', 'lee']) expect(await ann.ask('close', { to: `${shop}-${to}` })).toMatchObject({ ok: true })
  expect(await kim.ask('rate', { to: `shop:${shop}`, score: 5, text: 'Fine' })).toMatchObject({ ok: true })
  for (const each of [ann, kim, lee]) each.leave()
}

test('opens from the bar, counts, changes its period, is saved as a table, and goes back to the conversation', async () => {
  await shopWithFigures('p1', '=HYPERLINK("https://evil.example")')
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 'p1' })
  await desk.open('p1-kim')
  await desk.page.locator('im-desk').getByText('★★★★★ Fine').waitFor()
  await desk.part('composer').fill('half a sen')
  await desk.part('show-report').click()
  const figure = (name: string) => desk.part(`report-${name}`).locator('b').textContent()
  await expect.poll(() => figure('conversations')).toBe('2')
  expect([await figure('missed'), await figure('rating')]).toEqual(['1', '5.0'])
  expect(await figure('answer')).toMatch(/^\d+ seconds?$/)
  expect(await desk.part('report').locator('table').count()).toBe(2)
  await desk.page.locator('im-desk [data-test=report-days][data-days="1"]').click()
  await expect.poll(() => desk.part('report').locator('table').count()).toBe(1)
  expect(await desk.part('report').locator('th[scope=row]').textContent()).toBe('=HYPERLINK("https://evil.example")')
  const saved = desk.page.waitForEvent('download')
  await desk.part('report-csv').click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(/^report-\d{4}-\d\d-\d\d-1d\.csv$/)
  const lines = (await readFile((await file.path())!, 'utf8')).split('\r\n')
  expect(lines[0]).toMatch(/^\ufeffscope,name,conversations/)
  expect(lines[1]).toMatch(/^total,"",2,2,1,/)
  expect(lines[3]).toContain(`agent,"'=HYPERLINK(""https://evil.example"") (p1-ann)",`)
  await desk.part('close-report').click()
  await desk.part('composer').waitFor()
  expect(await desk.part('composer').inputValue()).toBe('half a sen')
  await desk.close()
})

test('is a page of its own by its attribute, and says when there is nothing', async () => {
  const { page, close } = await openPage(browser, 'about:blank', { ...DESKTOP, bypassCSP: true })
  const token = await gateway.pass({ sub: 'p2-ann', name: 'Ann', role: 'agent', shop: 'p2' })
  await page.route(`${gateway.url}/report.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Report</title><body>
      <im-desk gateway="${gateway.url}" token="${token}" view="report"></im-desk><script src="${gateway.url}/im-desk.js"></script>`,
    }),
  )
  await page.goto(`${gateway.url}/report.html`)
  await hook(page, 'report-empty', 'im-desk').waitFor()
  expect(await axeComplaints(page)).toEqual([])
  await shopWithFigures('p2')
  await page.locator('im-desk [data-test=report-days][data-days="30"]').click()
  await expect.poll(() => hook(page, 'report-conversations', 'im-desk').locator('b').textContent()).toBe('2')
  expect(await axeComplaints(page)).toEqual([])
  await close()
})
