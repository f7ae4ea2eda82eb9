/** The answer to a POST of long polling waits for a moment for those to its commands, and for no longer. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { TwoGateways } from '../../kit/two-gateways.ts'

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
afterAll(() => two.stop())

const SEPARATOR = '\x1e'
const sent = (id: number): string => `42${id}${JSON.stringify(['send', { to: 'nobody', id: `m${id}`, kind: 'text', body: { text: 'hello' } }])}`

/** A session over long polling that has been welcomed. `events` says in which order answers came. */
async function polling(sub: string) {
  const { url, pass } = two.nodes[0]
  const base = `${url}/im/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1)) as { sid: string }
  const address = `${base}&sid=${sid}`
  const events: string[] = []
  const polled = async (): Promise<string[]> => {
    const packets = (await (await fetch(address)).text()).split(SEPARATOR)
    events.push('polled')
    return packets
  }
  const post = async (suffix: string, ...packets: string[]): Promise<string> => {
    const answer = await (await fetch(address + suffix, { method: 'POST', body: packets.join(SEPARATOR) })).text()
    events.push('posted')
    return answer
  }
  await post('', `40${JSON.stringify({ token: await pass({ sub }) })}`)
  expect((await polled())[0]).toMatch(/^40\{/)
  events.length = 0
  return { events, polled, post }
}

/** Appends wait until `goOn` is called; `isAsked` resolves with the first one. */
function holdAppends() {
  const { store } = two.backbone
  const append = store.append.bind(store)
  let goOn = (): void => undefined
  let asked = (): void => undefined
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  vi.spyOn(store, 'append').mockImplementation(async (entry) => {
    asked()
    await gate
    return append(entry)
  })
  return { isAsked, goOn: () => goOn() }
}

/** Whatever was written before this is read by then. */
async function untilOthersAreAnswered(): Promise<void> {
  for (let round = 0; round < 5; round++) await (await fetch(`${two.nodes[0].url}/healthz`)).text()
}

test.each([
  ['without a number', ''],
  ['with its number', '&n=1'],
])('a POST %s is answered when its commands are', async (name, suffix) => {
  const { events, polled, post } = await polling(`held-${name.length}`)
  // no time passes
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const { isAsked, goOn } = holdAppends()
  const poll = polled()
  const posted = post(suffix, sent(1), sent(2))
  await isAsked
  await untilOthersAreAnswered()
  expect(events).toEqual([])
  goOn()
  expect((await poll).map((packet) => packet.slice(0, 3)).filter((start) => start.startsWith('43'))).toEqual(['431', '432'])
  expect(await posted).toBe(suffix === '' ? 'ok' : '1')
})

test('a POST whose commands take long is answered before them', async () => {
  const { events, polled, post } = await polling('held-long')
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const { isAsked, goOn } = holdAppends()
  const poll = polled()
  const posted = post('', sent(1))
  await isAsked
  await untilOthersAreAnswered()
  expect(events).toEqual([])
  vi.advanceTimersByTime(20)
  expect(await posted).toBe('ok')
  // nor does what is late hold up another POST
  expect(await post('', '3')).toBe('ok')
  expect(events).toEqual(['posted', 'posted'])
  goOn()
  expect((await poll)[0]).toMatch(/^431\[/)
})

test('a POST that asks for no answer is answered at once, and so is one that another one follows', async () => {
  const { polled, post } = await polling('held-not')
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  expect(await post('', '42["typing",{"to":"nobody"}]')).toBe('ok')
  const { isAsked, goOn } = holdAppends()
  const poll = polled()
  const [first, again] = [post('&n=1', sent(1)), isAsked.then(() => post('&n=1', sent(1)))]
  expect(await first).toBe('1')
  goOn()
  expect(await again).toBe('1')
  expect((await poll)[0]).toMatch(/^431\[/)
})

test('a session that ends answers the POST that it holds', async () => {
  const { polled, post } = await polling('held-end')
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const { isAsked, goOn } = holdAppends()
  const poll = polled()
  const held = post('&n=1', sent(1))
  await isAsked
  expect(await post('&n=2', '1')).toBe('2')
  expect(await held).toBe('1')
  expect(await poll).toEqual(['6'])
  goOn()
})
