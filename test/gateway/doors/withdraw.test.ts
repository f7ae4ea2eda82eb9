/** A message is taken back: on two nodes, and whatever else happens at the same moment. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { userChannel } from '../../../gateway/protocol/keys.ts'
import { LIMITS } from '../../../gateway/protocol/limits.ts'
import type { Message } from '../../../gateway/protocol/model.ts'
import { PICTURES } from '../../kit/pictures.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'
import type { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const logged: string[] = []
let two: TwoGateways
beforeAll(async () => {
  const write = process.stdout.write.bind(process.stdout)
  vi.spyOn(process.stdout, 'write').mockImplementation((...args: Parameters<typeof process.stdout.write>) => {
    if (!String(args[0]).includes('"level":')) return write(...args)
    logged.push(String(args[0]))
    return true
  })
  two = await TwoGateways.start({ LOG_LEVEL: 'warn' })
})
afterAll(async () => {
  await two.stop()
  vi.restoreAllMocks()
})

const SECRET = 'the secret words'
let count = 0

interface Talk {
  readonly shop: string
  readonly customer: WireClient
  readonly sub: string
  readonly agent: WireClient
  readonly conversation: string
}

/** A customer at node 0 and an agent at node 1 who have written to each other. */
async function talk(): Promise<Talk> {
  const [sub, shop] = [two.unique('c'), two.unique('s')]
  const [customer, agent] = [await two.customer(0, sub), await two.agent(1, [two.unique('a'), shop])]
  const { conversation } = await customer.command('send', { to: `shop:${shop}`, id: 'first', kind: 'text', body: { text: 'hello' } })
  await agent.command('send', { to: sub, id: 'second', kind: 'text', body: { text: 'welcome' } })
  return { shop, customer, sub, agent, conversation }
}

const say = (who: WireClient, conversation: string, body: object = { text: SECRET }, kind = 'text') =>
  who
    .command('send', { conversation, id: `m${++count}`, kind, body: body as { text: string } })
    .then(({ seq }) => ({ conversation, seq, id: `m${count}` }))

/** Everything that a client can read of the conversation. */
async function readable(who: WireClient, conversation: string): Promise<string> {
  const answers = [
    await who.command('history', { conversation }),
    await who.command('conversations', {}),
    await who.command('search', { query: 'secret' }),
  ]
  return JSON.stringify(answers)
}

const codeOf = async (who: WireClient, about: object): Promise<string | undefined> => (await who.ask('withdraw', about)).error?.code

test('its words leave log, list and search of both sides; number, id, link, author and time stay', async () => {
  const { customer, agent, conversation, sub } = await talk()
  const about = await say(customer, conversation)
  await say(customer, conversation, { text: 'after' })
  const before = (await agent.command('history', { conversation })).messages
  const { message } = await customer.command('withdraw', about)
  const { kind: _, body: __, ...rest } = before[2]!
  expect(message).toEqual({ ...rest, kind: 'withdrawn', body: { text: 'This message was withdrawn.' } })
  expect(await agent.push('withdrawPush')).toEqual(message)
  expect((await agent.command('history', { conversation })).messages).toEqual([...before.slice(0, 2), message, before[3]])
  for (const who of [customer, agent]) expect(await readable(who, conversation)).not.toContain(SECRET)
  const late = await two.arrive(1, { sub }, 'ws', { resume: { cursors: [[conversation, message.epoch, 2, 'second']] } })
  expect(await late.push('messagePush')).toEqual(message)
})

test('of the newest message the preview in the list goes, too', async () => {
  const { customer, agent, conversation } = await talk()
  await customer.command('withdraw', await say(customer, conversation))
  expect((await agent.command('conversations', {})).conversations[0]!.last).toMatchObject({ kind: 'withdrawn', seq: 3 })
})

test('twice is once, also at the same moment and from another window; the session that did it gets no push', async () => {
  const { customer, agent, conversation, sub } = await talk()
  const window = await two.customer(1, sub)
  const about = await say(customer, conversation)
  const answers = await Promise.all([customer, window, customer].map((who) => who.command('withdraw', about)))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  await agent.push('withdrawPush')
  two.pass(LIMITS.withdrawMs * 2)
  expect(await customer.command('withdraw', about)).toEqual(answers[0])
  // the two pushes that it has are of the other window
  await window.push('withdrawPush', 2)
  expect(customer.pushes('withdrawPush')).toHaveLength(1)
})

describe('is refused', () => {
  test('after two minutes by the gateway’s clock', async () => {
    const { customer, conversation } = await talk()
    const about = await say(customer, conversation)
    two.pass(LIMITS.withdrawMs - 5000)
    const other = await say(customer, conversation)
    two.pass(6000)
    expect(await codeOf(customer, about)).toBe('too_late')
    expect(await codeOf(customer, other)).toBe(undefined)
    expect(await readable(customer, conversation)).toContain(SECRET)
  })

  test('of anybody else: the other side, a colleague, a stranger; and of the gateway', async () => {
    const { customer, agent, conversation, shop, sub } = await talk()
    const colleague = await two.agent(0, [two.unique('a'), shop])
    const stranger = await two.customer(0, two.unique('c'))
    const mine = await say(agent, conversation)
    for (const who of [customer, colleague, stranger]) expect(await codeOf(who, mine)).toBe('forbidden')
    expect(await codeOf(agent, { conversation, seq: 2, id: 'second', to: sub })).toBe('bad_request')
    expect(await readable(customer, conversation)).toContain(SECRET)
    expect(await codeOf(agent, mine)).toBe(undefined)
  })

  test.each([
    ['another id', { seq: 3, id: 'x' }, 'conflict'],
    ['a number beyond the end', { seq: 99, id: 'x' }, 'conflict'],
    ['none', { seq: 0, id: 'x' }, 'conflict'],
    ['half a number', { seq: 2.5, id: 'x' }, 'bad_request'],
    ['no id', { seq: 3 }, 'bad_request'],
    ['an object as id', { seq: 3, id: {} }, 'bad_request'],
  ])('%s', async (_, about, code) => {
    const { customer, conversation } = await talk()
    await say(customer, conversation)
    expect(await codeOf(customer, { conversation, ...about })).toBe(code)
    expect(await readable(customer, conversation)).toContain(SECRET)
  })

  test('more often than anybody has reason to', async () => {
    const { customer, conversation } = await talk()
    const about = await say(customer, conversation)
    const codes = await Promise.all(Array.from({ length: 60 }, () => codeOf(customer, about)))
    expect(codes.filter((code) => code === 'rate_limited').length).toBeGreaterThan(20)
    expect(codes[0]).toBe(undefined)
  })

  test('a message of the kind: nobody fakes one', async () => {
    const { customer, conversation } = await talk()
    const fake = { conversation, id: 'fake', kind: 'withdrawn', body: { text: 'x' } }
    expect((await customer.ask('send', fake)).error?.code).toBe('forbidden')
  })
})

test('while the other side reads on and writes, nothing else moves', async () => {
  const { customer, agent, conversation } = await talk()
  const abouts = await Promise.all(Array.from({ length: 10 }, () => say(customer, conversation)))
  const seqs = (await agent.command('history', { conversation })).messages.filter(({ seq }) => seq > 2)
  await Promise.all([
    ...seqs.map(({ seq, id }) => customer.command('withdraw', { conversation, seq, id })),
    ...seqs.map(({ seq }) => agent.command('read', { conversation, seq })),
    ...abouts.map(() => say(agent, conversation, { text: 'meanwhile' })),
  ])
  const { messages, cursors } = await customer.command('history', { conversation, limit: 100 })
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
  expect(messages.slice(2, 12).every(({ kind }) => kind === 'withdrawn')).toBe(true)
  expect(messages.slice(1).every(({ prev }, i) => prev === messages[i]!.id)).toBe(true)
  expect(cursors[agentSide(messages)]!.read).toBe(22)
})
const agentSide = (messages: readonly Message[]): string => messages[1]!.side

test('sent again it stays withdrawn', async () => {
  const { customer, conversation } = await talk()
  const about = await say(customer, conversation)
  await customer.command('withdraw', about)
  expect(await customer.command('send', { conversation, id: about.id, kind: 'text', body: { text: SECRET } })).toMatchObject({
    seq: 3,
    duplicate: true,
  })
  expect(await readable(customer, conversation)).not.toContain(SECRET)
})

test('backends hear of it on the channels of both persons, and no window gets a notice', async () => {
  const [a, b] = [two.unique('ann'), two.unique('bob')]
  const [ann, bob] = [await two.customer(0, a), await two.customer(1, b)]
  const { conversation } = await ann.command('send', { to: b, id: 'm', kind: 'text', body: { text: SECRET } })
  const heard: unknown[] = []
  for (const id of [a, b]) await two.backbone.bus.subscribe(userChannel(id), ({ packet }) => heard.push(JSON.parse(packet.toString())))
  await ann.command('withdraw', { conversation, seq: 1, id: 'm' })
  const notice = { type: 'withdrawn', conversation, seq: 1, id: 'm', at: expect.any(Number) as number }
  expect(heard).toEqual([notice, notice])
  await bob.push('withdrawPush')
  await bob.command('history', { conversation })
  expect(bob.pushes('noticePush')).toEqual([])
})

test('an agent’s is in the log, with who, which and when, and without the words; a customer’s is not', async () => {
  const { customer, agent, conversation } = await talk()
  logged.length = 0
  await customer.command('withdraw', await say(customer, conversation))
  await agent.command('withdraw', await say(agent, conversation))
  const lines = logged.filter((line) => line.includes('withdrawn'))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({
    conversation,
    seq: 4,
    role: 'agent',
    by: expect.any(String) as string,
    ageMs: expect.any(Number) as number,
  })
  expect(lines[0]).not.toContain(SECRET)
})

describe('a picture that is withdrawn', () => {
  async function upload(sub: string): Promise<string> {
    const token = await two.nodes[0].pass({ sub, ttlMs: 86_400_000 })
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${two.nodes[0].url}/v1/images`, { method: 'POST', headers, body: new Uint8Array(PICTURES.png) })
    return ((await response.json()) as { url: string }).url
  }
  const status = async (url: string): Promise<number> => (await fetch(two.nodes[1].url + url)).status
  const image = (url: string) => ({ text: 'Picture', url, width: 40, height: 30 })

  test('is served no more, at any node', async () => {
    const { customer, conversation, sub } = await talk()
    const url = await upload(sub)
    const about = await say(customer, conversation, image(url), 'image')
    // the answer was lost, so it comes again: that is no second reference
    await customer.command('send', { conversation, id: about.id, kind: 'image', body: image(url) })
    expect(await status(url)).toBe(200)
    await customer.command('withdraw', about)
    expect(await status(url)).toBe(404)
  })

  test('stays where another message shows it', async () => {
    const { customer, conversation, sub } = await talk()
    const url = await upload(sub)
    const first = await say(customer, conversation, image(url), 'image')
    await say(customer, conversation, { text: `look at ${url}` })
    await customer.command('withdraw', first)
    expect(await status(url)).toBe(200)
  })

  test('is nobody else’s: withdrawing a quote of words with its address leaves it', async () => {
    const { customer, agent, conversation, sub } = await talk()
    const url = await upload(sub)
    const first = await say(customer, conversation, { ...image(url), text: `see ${url}` }, 'image')
    await agent.command('withdraw', await say(agent, conversation, { text: 'this one?', quote: { seq: first.seq, id: first.id } }))
    expect(await status(url)).toBe(200)
  })

  test('is nobody else’s: naming it twice, an hour apart, and withdrawing the second leaves it', async () => {
    const { customer, agent, conversation, sub } = await talk()
    const url = await upload(sub)
    await say(customer, conversation, image(url), 'image')
    await say(agent, conversation, { text: url })
    two.pass(3_600_000 - 30_000)
    const again = await say(agent, conversation, { text: url })
    two.pass(60_000)
    await agent.command('withdraw', again)
    expect(await status(url)).toBe(200)
  })

  test('is nobody else’s: a repetition that names it at the same moment does not hide that it is named', async () => {
    const { customer, agent, conversation, sub } = await talk()
    const url = await upload(sub)
    await say(agent, conversation, image(url), 'image')
    const known = await say(customer, conversation, { text: 'known' })
    const window = await two.customer(1, sub)
    const { store } = two.backbone
    const { append } = store
    let again: Awaited<ReturnType<typeof say>> | undefined
    store.append = async (message) => {
      const appended = await append(message)
      if (message.id === known.id) again = await say(window, conversation, { text: url })
      return appended
    }
    await customer.command('send', { conversation, id: known.id, kind: 'text', body: { text: url } })
    store.append = append
    await window.command('withdraw', again!)
    expect(await status(url)).toBe(200)
  })
})

describe('a quote', () => {
  const quoting = (seq: number, id: string, extra = {}) => ({ text: 'I mean this', quote: { seq, id, ...extra } })

  test('has the words of the log, whatever the sender says they are', async () => {
    const { customer, agent, conversation } = await talk()
    const fake = { text: 'I owe you 1000', from: 'x', side: 'y', name: 'Z', kind: 'order' }
    await say(customer, conversation, quoting(2, 'second', fake))
    const { body } = await agent.push('messagePush', 1)
    expect(body).toEqual({
      text: 'I mean this',
      quote: {
        seq: 2,
        id: 'second',
        from: expect.any(String) as string,
        side: expect.stringMatching(/^shop:/) as string,
        name: expect.any(String) as string,
        kind: 'text',
        text: 'welcome',
      },
    })
  })

  test('has the beginning of a long text, without half a character', async () => {
    const { customer, agent, conversation } = await talk()
    const long = await say(customer, conversation, { text: 'x'.repeat(119) + '👍'.repeat(50) })
    await say(customer, conversation, quoting(long.seq, long.id))
    const { body } = await agent.push('messagePush', 2)
    expect((body as unknown as { quote: { text: string } }).quote.text).toBe('x'.repeat(119))
  })

  test('of what is not there is left out, and the text arrives', async () => {
    const { customer, agent, conversation } = await talk()
    await say(customer, conversation, quoting(2, 'another'))
    await say(customer, conversation, quoting(99, 'second'))
    for (const n of [1, 2]) expect((await agent.push('messagePush', n)).body).toEqual({ text: 'I mean this' })
  })

  test.each([[null], ['second'], [{}], [{ seq: '2', id: 'second' }], [{ seq: 0, id: 'second' }], [{ seq: 2 }], [{ seq: 2, id: 7 }]])(
    '%j is refused',
    async (quote) => {
      const { customer, conversation } = await talk()
      const input = { conversation, id: 'q', kind: 'text', body: { text: 'x', quote } }
      expect((await customer.ask('send', input)).error?.code).toBe('bad_request')
    },
  )

  test('keeps its place among the messages sent with it', async () => {
    const { customer, agent, conversation } = await talk()
    await Promise.all([say(customer, conversation, quoting(2, 'second')), say(customer, conversation, { text: 'then this' })])
    expect((await agent.push('messagePush', 1)).body.text).toBe('I mean this')
    expect((await agent.push('messagePush', 2)).body.text).toBe('then this')
  })

  test('loses its words with the message, and everybody is told', async () => {
    const { customer, agent, conversation } = await talk()
    const about = await say(customer, conversation)
    await say(agent, conversation, quoting(about.seq, about.id))
    await customer.command('withdraw', about)
    const changed = await agent.push('withdrawPush', 1)
    expect(changed).toMatchObject({ seq: 4, kind: 'text', body: { text: 'I mean this', quote: { seq: about.seq, kind: 'withdrawn', text: '' } } })
    expect(await customer.push('withdrawPush')).toEqual(changed)
    for (const who of [customer, agent]) expect(await readable(who, conversation)).not.toContain(SECRET)
  })

  test('is told once to have lost them, however often the message is withdrawn', async () => {
    const { customer, agent, conversation } = await talk()
    const about = await say(customer, conversation)
    const quote = await say(customer, conversation, quoting(about.seq, about.id))
    for (let times = 0; times < 3; times++) await customer.command('withdraw', about)
    // the third push of the message itself comes after all that the first two withdrawals brought
    await agent.until(() => agent.pushes('withdrawPush').filter(({ seq }) => seq === about.seq).length === 3)
    await say(customer, conversation, { text: 'after' })
    await agent.until(() => agent.pushes('messagePush').some(({ body }) => body.text === 'after'))
    expect(agent.pushes('withdrawPush').filter(({ seq }) => seq === quote.seq)).toHaveLength(1)
  })

  test('loses them also where the message is withdrawn between the look at it and the append', async () => {
    const { customer, agent, conversation } = await talk()
    const about = await say(customer, conversation)
    let withdrawn: Promise<unknown> | undefined
    two.backbone.afterRead = async () => {
      two.backbone.afterRead = async () => undefined
      withdrawn = customer.command('withdraw', about)
      await withdrawn
    }
    await say(agent, conversation, quoting(about.seq, about.id))
    await withdrawn
    expect(await readable(agent, conversation)).not.toContain(SECRET)
    await customer.until(() => customer.pushes('withdrawPush').some(({ seq }) => seq === about.seq + 1))
  })
})
