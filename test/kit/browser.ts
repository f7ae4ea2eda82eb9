/**
 * A real browser for tests. A page made here is watched: page errors, console errors, CSP violations and failed
 * assertions of the page make `close()` throw, so a test that does not check them still fails.
 */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Locator, Page } from 'playwright-core'
import { DEMO_WORD } from './gateway.ts'

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--mute-audio']

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
}
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }

/** Chromium's shell renders the same pages in half the CPU time, because it has no window with a user interface around them. */
const SHELL = '/usr/bin/chromium-headless-shell'
const WHOLE = '/usr/bin/chromium'
const executablePath = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : WHOLE)

/** Chromium as people have it: it can be asked for notifications, which the shell denies. */
export const launchWholeChromium = (): Promise<Browser> => chromium.launch({ executablePath: process.env.CHROMIUM ?? WHOLE, args: ARGS })

export const launchChromium = (args: readonly string[] = []): Promise<Browser> => chromium.launch({ executablePath, args: [...ARGS, ...args] })

export interface TestPage {
  readonly page: Page
  readonly context: BrowserContext
  readonly cdp: CDPSession
  /** Errors so far; `close` throws them. A test that causes errors on purpose empties the list. */
  readonly problems: string[]
  close(): Promise<void>
}

export interface PageOptions extends BrowserContextOptions {
  /** Console errors that the test causes on purpose. */
  readonly expected?: RegExp
}

export async function openPage(browser: Browser, url: string, { expected, ...options }: PageOptions = PHONE): Promise<TestPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
  // the page of a link that `npm start` prints; a test with pages of its own begins at about:blank
  const { origin, port, protocol } = new URL(url)
  if (protocol === 'http:') await context.addCookies([{ name: `im-demo-${port}`, value: DEMO_WORD, url: origin, httpOnly: true, sameSite: 'Strict' }])
  const page = await context.newPage()
  const problems: string[] = []
  const note = (problem: string): void => void (expected?.test(problem) || problems.push(problem))
  page.on('pageerror', (error) => note(`page error: ${error.stack ?? error.message}`))
  page.on('console', (message) => message.type() === 'error' && note(`console: ${message.text()}`))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      console.error(`CSP violation: ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`)
    })
  })
  const cdp = await context.newCDPSession(page)
  await page.goto(url)
  return {
    page,
    context,
    cdp,
    problems,
    async close() {
      await context.close()
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
  }
}

/** Resolves when what is open has stopped moving. What is measured while a panel slides and grows is elsewhere and smaller than it will be. */
export const settled = (page: Page, tag = 'im-chat'): Promise<unknown> =>
  page
    .locator(tag)
    .first()
    .evaluate(({ shadowRoot }) => {
      const passing = shadowRoot!.getAnimations().filter(({ effect }) => effect!.getComputedTiming().endTime !== Infinity)
      return Promise.allSettled(passing.map(({ finished }) => finished))
    })

/** An element inside an open shadow root by its stable name: `hook(page, 'send')`, `hook(page, 'send', 'im-desk')`. */
export const hook = (page: Page, name: string, tag = 'im-chat'): Locator => page.locator(`${tag} [data-test="${name}"]`)
