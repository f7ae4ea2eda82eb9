/** One of the elements alone on a page of the gateway's origin, whose properties a test sets as a page would. */
import type { Browser, Locator } from 'playwright-core'
import { DESKTOP, hook, openPage, type PageOptions, type TestPage } from '../kit/browser.ts'
import type { Gateway, PassClaims } from '../kit/gateway.ts'

export type Tag = 'im-chat' | 'im-inbox' | 'im-desk'
export type Chat = HTMLElement & { token: string; to: string; gateway: string; open: boolean | ((to: string) => void); logout(): void }

export interface Mounted extends TestPage {
  readonly part: (name: string) => Locator
  /** The pass first, then, one update later, the others. */
  set(properties: Partial<Pick<Chat, 'token' | 'to'>>): Promise<void>
  /** In one task, in this order, as they come; returns one update later. */
  setAtOnce(...properties: readonly Partial<Pick<Chat, 'token' | 'to' | 'gateway'>>[]): Promise<void>
  isLive(): Promise<void>
  /** Becomes live as `id`, with `to` open. */
  become(claims: PassClaims, to: string): Promise<void>
  say(text: string): Promise<void>
  shown(): Promise<string>
}

/** Names that cannot be resolved while offline are the browser's own complaint. */
const OPTIONS: PageOptions = { ...DESKTOP, expected: /ERR_INTERNET_DISCONNECTED/ }

export async function mountElement(tag: Tag, { browser, gateway }: { browser: Browser; gateway: Gateway }, context?: TestPage): Promise<Mounted> {
  const opened = context ?? (await openPage(browser, 'about:blank', OPTIONS))
  const page = context ? await context.context.newPage() : opened.page
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
  // any address of the gateway's origin that is no page of its own
  await page.goto(`${gateway.url}/healthz`)
  page.setDefaultTimeout(15_000)
  await page.addScriptTag({ url: `/${tag}.js` })
  await page.evaluate(
    ([name, url]) => {
      const element = document.createElement(name) as Chat
      Object.assign(document.documentElement.style, { height: '100%' })
      element.addEventListener('im-person', (event) => console.info('im-person', JSON.stringify((event as CustomEvent).detail)))
      element.gateway = url
      document.body.append(element)
      if (name === 'im-chat') element.open = true
    },
    [tag, gateway.url] as const,
  )
  const set: Mounted['set'] = (properties) =>
    page.evaluate(
      async ([name, all]) => {
        const element = document.querySelector(name)! as Chat & { updateComplete: Promise<unknown> }
        if (all.token !== undefined) element.token = all.token
        await element.updateComplete
        if (all.to !== undefined) element.to = all.to
        await element.updateComplete
      },
      [tag, properties] as const,
    )
  const setAtOnce: Mounted['setAtOnce'] = (...all) =>
    page.evaluate(
      async ([name, each]) => {
        const element = document.querySelector(name)! as Chat & { updateComplete: Promise<unknown> }
        for (const properties of each) Object.assign(element, properties)
        await element.updateComplete
      },
      [tag, all] as const,
    )
  const isLive = (): Promise<void> => page.locator(`${tag}[connection="live"]`).waitFor({ state: 'attached' })
  const part = (name: string): Locator => hook(page, name, tag)
  const shown = (): Promise<string> =>
    page.evaluate((name) => {
      const root = document.querySelector(name)!.shadowRoot!
      const fields = [...root.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value)
      return [...fields, ...[...root.querySelectorAll(':not(style)')].map((each) => each.textContent)].join('\n')
    }, tag)
  return {
    ...opened,
    page,
    part,
    set,
    setAtOnce,
    isLive,
    shown,
    async become(claims, to) {
      await set({ token: await gateway.pass(claims), to })
      await isLive()
      if (to !== '') await part('composer').waitFor()
    },
    async say(text) {
      await part('composer').fill(text)
      await page.keyboard.press('Enter')
    },
  }
}
