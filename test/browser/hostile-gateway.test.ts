/** Two hundred conversations, messages and pushes that nobody sane would send: nothing throws, no row is missing, all stand under their names. */
import fc from 'fast-check'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMANDS, type Command } from '../../gateway/protocol/commands.ts'
import { conversationId } from '../../gateway/protocol/keys.ts'
import { Assignment, type Identity } from '../../gateway/protocol/model.ts'
import { PUSHES, type Push } from '../../gateway/protocol/pushes.ts'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { startHostileGateway } from '../kit/hostile-gateway.ts'
import { hostileLike, hostileValue } from '../kit/hostile-values.ts'
import { memoryPass } from '../kit/memory-pass.ts'

const COUNT = 200
const MESSAGE_COUNT = 40
const SEED = 11
const NOW = 1_790_000_000_000

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { seed: SEED, numRuns })

const KINDS = ['text', 'image', 'product', 'order', 'system', 'note', 'constructor', '__proto__', 'TEXT', '', ' ', 'x'.repeat(5000)]
const TIMES = [NOW, NOW, NOW, 0, -1, 8.64e15, -8.64e15, 0.5]
const FIELDS = ['title', 'price', 'number', 'status', 'total', 'url', 'image', 'width', 'height', 'progress', 'problem', 'toString', 'id']
const BODIES = sample(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.constantFrom(...TIMES),
    name: hostileValue,
    guest: hostileValue,
    id: fc.constantFrom('same', 'same', undefined),
    body: fc.oneof(
      { weight: 1, arbitrary: hostileValue },
      {
        weight: 9,
        arbitrary: fc.record(Object.fromEntries(['text', ...FIELDS].map((field) => [field, fc.option(hostileValue, { nil: undefined })]))),
      },
    ),
  }),
  COUNT + MESSAGE_COUNT,
)
const SERVICES = sample(hostileLike(Assignment, 5), COUNT)
const CURSORS = sample(hostileValue, COUNT)

const nameOf = (n: number): unknown => (n < 4 ? `Person ${n}` : BODIES[n]!.name)

/** All that a desk or an inbox of `side` is told. */
function said(side: string) {
  const theirs = (to: string, seq: number, from = (seq * 7) % COUNT): Record<string, unknown> => {
    const { id, ...hostile } = BODIES[from]!
    // every other one is of one's own side
    const author = seq % 2 === 0 ? { from: 'me', side } : { from: to, side: to }
    return { ...hostile, ...author, conversation: conversationId(side, to), epoch: 'e', seq, id: id ?? `m${seq}` }
  }
  const log = (to: string): Record<string, unknown>[] => {
    const all = Array.from({ length: MESSAGE_COUNT }, (_, at) => theirs(to, at + 1, Number(to.slice(1)) + at))
    all.push({ ...theirs(to, MESSAGE_COUNT + 1), kind: 'text', body: { text: `end of ${to}` }, at: NOW, id: 'same' })
    return all.map((message, at) => (at === 0 ? message : { ...message, prev: all[at - 1]!.id }))
  }
  const row = (n: number): unknown => ({
    conversation: conversationId(side, `c${n}`),
    to: `c${n}`,
    name: nameOf(n),
    guest: BODIES[n]!.guest,
    head: { epoch: 'e', seq: MESSAGE_COUNT + 1, id: 'same' },
    cursors: { [side]: CURSORS[n], ...(n % 3 === 0 ? { toString: 1 } : {}) },
    unread: n % 5,
    at: NOW - n,
    last: theirs(`c${n}`, 1, n),
    service: SERVICES[n],
  })
  return { log, row }
}

const answers = new Map(
  sample(fc.record(Object.fromEntries(Object.entries(COMMANDS).map(([name, { answer }]) => [name, hostileLike(answer)]))), 60).map((all, at) => [
    at,
    all as Record<string, object>,
  ]),
)

/** With a floor for what a list has to know, hostile beyond it. */
function answering(side: string): (command: string, input: Readonly<Record<string, unknown>>) => unknown {
  const { log, row } = said(side)
  let asked = 0
  return (command, { to, before, conversation }) => {
    if (command === 'conversations') {
      return { ok: true, conversations: before === undefined ? Array.from({ length: COUNT }, (_, n) => row(n)) : [], more: false }
    }
    if (command === 'history') {
      const partner = (to ?? (conversation as string).split('~').find((each) => each !== side)) as string
      const messages = before === undefined ? log(partner) : []
      const head = { epoch: 'e', seq: MESSAGE_COUNT + 1, id: 'same' }
      return { ok: true, conversation: conversationId(side, partner), messages, head, more: false, cursors: {} }
    }
    if (command === 'queue') return { ok: true, conversations: [], more: false }
    return { ...answers.get(asked++ % answers.size)![command as Command], ok: true }
  }
}

const IDENTITIES: Readonly<Record<'im-desk' | 'im-inbox' | 'im-chat', Identity>> = {
  'im-desk': { id: 'me', role: 'agent', side: 'shop:1', shop: '1', expiresAt: NOW * 2 },
  'im-inbox': { id: 'me', role: 'customer', side: 'me', expiresAt: NOW * 2 },
  'im-chat': { id: 'me', role: 'customer', side: 'me', expiresAt: NOW * 2 },
}
/** What moves the window to another conversation, or ends the connection, is not hostile but obeyed. */
const OBEYED: readonly string[] = ['changeUserPush', 'syncChangeUserPush', 'byePush', 'messagePush', 'conversationPush']

test.each(['im-desk', 'im-inbox', 'im-chat'] as const)(
  '<%s>',
  async (tag) => {
    const identity = IDENTITIES[tag]
    const { role, shop } = identity
    const gateway = await startHostileGateway(identity, answering(identity.side))
    const opened = await openPage(browser, gateway.url, { ...DESKTOP, expected: /ERR_|Failed to load|Not allowed to load/ })
    const { page } = opened
    await page.addScriptTag({ url: `/${tag}.js` })
    await page.evaluate(
      ([name, url, token]) => {
        document.documentElement.style.height = '100%'
        document.body.append(Object.assign(document.createElement(name), { gateway: url, token, open: true, to: name === 'im-chat' ? 'c0' : '' }))
      },
      [tag, gateway.url, memoryPass({ sub: 'me', ...(role === 'agent' ? { role, shop: shop! } : {}) })] as const,
    )
    await page.locator(`${tag}[connection="live"]`).waitFor({ state: 'attached' })
    const isListed = async (): Promise<void> => {
      if (tag !== 'im-chat') await expect.poll(() => page.locator(`${tag} [role=option]`).first().getAttribute('aria-setsize')).toBe(String(COUNT))
    }
    const isWhole = async (to: string): Promise<void> => {
      await expect.poll(() => hook(page, 'message', tag).last().textContent()).toContain(`end of ${to}`)
      expect(await hook(page, 'message', tag).filter({ hasText: 'end of' }).count()).toBe(1)
      expect(await hook(page, 'message', tag).count()).toBe(MESSAGE_COUNT + 1)
      if (tag !== 'im-chat') expect(await hook(page, 'panel', tag).locator('h2.title').textContent()).toBe(`Person ${to.slice(1)}`)
    }
    if (tag === 'im-desk') await page.locator('im-desk [data-shelf=all]').click()
    await isListed()
    const partners = ['c0', 'c3', 'c0', 'c3']
    for (const to of partners) {
      await page.evaluate(([name, next]) => void Object.assign(document.querySelector(name)!, { to: next }), [tag, to] as const)
      await isWhole(to)
    }
    const names = (Object.keys(PUSHES) as Push[]).filter((name) => !OBEYED.includes(name))
    for (const name of names) for (const data of sample(hostileLike(PUSHES[name]), 15)) gateway.push(name, data)
    // of a conversation that is not open, so that a hole in it is nobody's
    for (const data of sample(hostileLike(PUSHES.messagePush, 4), 30)) gateway.push('messagePush', data)
    gateway.push('noticePush', { type: 'last' })
    await isListed()
    await isWhole('c3')
    expect(opened.problems).toEqual([])
    await opened.close()
    gateway.close()
  },
  60_000,
)
