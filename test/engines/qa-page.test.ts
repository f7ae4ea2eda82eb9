/** The tools of the QA page: the recorder's traces replay, the loader's choice, the command line for hubs. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../kit/free-port.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { Chat, FIELD } from './chat.ts'
import { startChild } from './child.ts'
import { openChromium, type ChromiumPage } from './chromium.ts'
import { waitFor } from './page.ts'
import { replayTrace, type Trace } from './trace.ts'

let gateway: SpawnedGateway
let page: ChromiumPage
let chat: Chat

beforeAll(async () => {
  gateway = await spawnGateway({ LOG_LEVEL: 'error' })
})
afterAll(async () => void (await gateway.stop()))
beforeEach(async () => {
  page = await openChromium()
  chat = new Chat(page, `${gateway.url}/qa.html`)
})
afterEach(() => page.close())

describe('the trace recorder', () => {
  test('a recorded trace replays to the same sends', async () => {
    await chat.open()
    await chat.focus()
    expect(await page.evaluate('imQa.recorder.start()')).toBe(true)
    await page.type('hi')
    await page.compose('ni')
    await page.commit('你')
    await page.press('Enter')
    await waitFor(page, 'imQa.sends.length===1', 'the send')
    const trace = await page.evaluate<Trace>('imQa.recorder.stop()')
    expect(trace.expect).toEqual({ sends: ['hi你'], field: '' })
    expect(trace.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['keydown', 'beforeinput', 'input', 'compositionend']))
    await chat.open()
    expect(await replayTrace(page, FIELD, trace)).toBe('')
    expect(await chat.sends()).toEqual(trace.expect.sends)
  })

  test('taps on Send, keys held with others, the same text twice and what stays in the field replay too', async () => {
    await chat.open()
    await chat.focus()
    await page.evaluate('imQa.recorder.start()')
    await page.type('hi')
    await page.tap(await chat.center('send'))
    await page.type('hi')
    await page.press('Enter', 'Shift')
    await page.compose('ni')
    await page.tap(await chat.center('send'))
    await page.type('rest')
    const trace = await page.evaluate<Trace>('imQa.recorder.stop()')
    expect(trace.expect).toEqual({ sends: ['hi', 'hi\nni'], field: 'rest' })
    const seen = trace.events.map(({ on, type, shift }) => [on, type, shift].filter((part) => part !== undefined).join(' '))
    expect(seen).toEqual(expect.arrayContaining(['button touchend', 'keydown true', 'blur']))
    await chat.open()
    expect(await replayTrace(page, FIELD, trace)).toBe('rest')
    expect(await chat.sends()).toEqual(trace.expect.sends)
  })

  test('is controlled by its buttons, and shows the trace as JSON', async () => {
    await chat.open()
    const press = (id: string): Promise<unknown> => page.evaluate(`document.querySelector('[data-qa=${id}]').click()`)
    await press('tools')
    await press('record')
    await page.press('Enter')
    await press('record')
    const trace = JSON.parse(await page.evaluate<string>(`document.querySelector('[data-qa=out]').value`)) as Trace
    expect(trace.format).toBe('im-chat-trace/1')
    await press('report')
    expect(JSON.parse(await page.evaluate<string>(`document.querySelector('[data-qa=out]').value`))).toMatchObject({ bundle: 'modern/im-chat.js' })
  })
})

describe('the loader', () => {
  const load = (before: string): Promise<unknown> =>
    page.evaluate(`(function(){${before};var s=document.createElement('script');s.src='/loader.js';s.setAttribute('data-to','shop:42');
      s.setAttribute('data-link','tel:123');s.setAttribute('data-label','Call us');document.head.appendChild(s)})()`)
  const sources = `[].map.call(document.scripts,function(s){return s.src}).join()`
  const scripts = `[].map.call(document.scripts,function(s){return s.src.replace(/.*\\//,'')}).join()`

  beforeEach(async () => void (await page.goto(`${gateway.url}/art/`)))

  test('takes the modern build where arrays have `at`', async () => {
    await load('')
    await waitFor(page, `/modern.im-chat\\.js/.test(${sources})`, 'the modern build')
  })

  test('takes the build of 2017 where they do not', async () => {
    await load('delete Array.prototype.at')
    await waitFor(page, `/es2017.im-chat\\.js/.test(${sources})`, 'the build of 2017')
  })

  test('takes the legacy bundle where there are no modules', async () => {
    await load(`Object.defineProperty(window,'customElements',{value:undefined})`)
    await waitFor(page, `/im-chat\\.legacy\\.js/.test(${scripts})`, 'the legacy bundle')
  })

  test('leaves a plain link where no chat can run', async () => {
    await load(`Object.defineProperty(window,'customElements',{value:undefined});window.Map=undefined`)
    expect(await waitFor(page, `document.querySelector('a.im-chat-link')&&document.querySelector('a.im-chat-link').outerHTML`, 'the link')).toBe(
      '<a href="tel:123" class="im-chat-link">Call us</a>',
    )
    expect(await page.evaluate(`document.querySelector('im-chat')===null&&!/im-chat/.test(${scripts})`)).toBe(true)
  })
})

test('npm run qa drives a hub and leaves a table, screenshots and JUnit XML', { timeout: 120_000 }, async () => {
  const out = await mkdtemp(join(tmpdir(), 'im-qa-'))
  const port = await freePort()
  const driver = startChild('chromedriver', { args: [`--port=${port}`] })
  try {
    await driver.says(/started successfully/)
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']
    await writeFile(join(out, 'caps.json'), JSON.stringify({ browserName: 'chrome', 'goog:chromeOptions': { binary: '/usr/bin/chromium', args } }))
    const { stdout } = await promisify(execFile)('npm', [
      'run',
      '--silent',
      'qa',
      '--',
      '--hub',
      `http://127.0.0.1:${port}`,
      '--caps',
      join(out, 'caps.json'),
      '--url',
      `${gateway.url}/qa.html`,
      '--out',
      out,
      '--checks',
      'loads,enter,compose',
    ])
    expect(stdout).toMatch(/2 passed, 0 failed, 1 not applicable/)
    const xml = await readFile(join(out, 'junit.xml'), 'utf8')
    expect(xml).toMatch(/tests="3" failures="0" skipped="1"/)
    expect(xml).toMatch(/ATTACHMENT\|.*-enter\.png/)
  } finally {
    await driver.stop()
    await rm(out, { recursive: true, force: true })
  }
})
