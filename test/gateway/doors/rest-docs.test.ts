/** docs/rest.md: its examples are run in their order, and its table says what the gateway's own description says. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { RestWorld } from '../rest/rest-world.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const doc = readFileSync('docs/rest.md', 'utf8')
const GUEST = 'guest-6f9619ff-8b86-4d01-b42d-00cf4fc964ff'
/** Without an example there: bytes, and what needs a webhook that has refused an event for days. */
const ELSEWHERE = ['addImage', 'listDeadLetters', 'sendDeadLetter']

const examples = [...doc.matchAll(/```http\n(\S+ \S+)\n(?:(\{.*\})\n)?\n(\d+) (\{.*\})\n```/g)].map(([, route, body, status, answer]) => ({
  route: route!,
  body: body === undefined ? undefined : (JSON.parse(body) as unknown),
  status: Number(status),
  answer: answer!,
}))

let world: RestWorld
let guest: string
beforeAll(async () => {
  world = await RestWorld.start([{}])
  guest = await world.guest().then(async ({ id, client }) => {
    await client.command('send', { to: 'shop:7', id: 'g1', kind: 'text', body: { text: 'Is it blue?' } })
    return id
  })
  await world.ask(`POST /conversations/shop:7~${guest}/close`)
  await world.written('7', '1001', ['m1'], 'Ada')
  await world.arrive({ sub: '1001', name: 'Ada' })
})
afterAll(() => world.stop())

/** `…` is anything. */
const expected = (text: string): unknown =>
  JSON.parse(text.replaceAll(GUEST, guest), (_name, value: unknown) => (value === '…' ? expect.anything() : value))

test('the examples answer what they say', async () => {
  expect(examples.length).toBe(doc.split('```http').length - 1)
  for (const { route, body, status, answer } of examples) {
    if (route.includes('/assign')) await agentIsThere()
    const [method, path] = route.split(' ')
    const sent = body === undefined ? {} : { body: JSON.stringify(body).replaceAll(GUEST, guest) }
    const answered = await world.ask(`${method} ${path!.replace('/v1', '')}`, sent)
    expect([answered.status, answered.json], route).toMatchObject([status, expected(answer)])
  }
})

/** After the customer waits for one. She takes nothing by herself. */
async function agentIsThere(): Promise<void> {
  const agent = await world.arrive({ sub: 'grace', role: 'agent', shop: '7', name: 'Grace' })
  await agent.until(() => agent.pushes('conversationPush').some(({ service }) => service?.phase === 'open'))
}

test('each operation has an id of its own, a summary and the forms of its answers', () => {
  const operations = Object.entries(world.document.paths).flatMap(([path, methods]) => Object.values(methods).map((each) => ({ path, ...each })))
  const names = operations.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
  for (const { operationId, summary, responses } of operations) {
    expect(operationId).toMatch(/^[a-z]+[A-Z]\w+$/)
    expect(summary).toMatch(/\.$/)
    for (const { content } of Object.values(responses)) for (const { schema } of Object.values(content ?? {})) expect(schema).toBeTypeOf('object')
  }
})

test('the table has every operation of backends, and each has an example', () => {
  const table = [.../<!-- routes:[^>]*-->\n([\s\S]*?)<!-- \/routes -->/.exec(doc)![1]!.matchAll(/^\| `(\S+ \S+)` \| `(\w+)` \| `\w+` \|$/gm)]
  const described = Object.entries(world.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, security }]) =>
      security.some((each) => 'apiKey' in each) ? [`${method.toUpperCase()} ${path} ${operationId}`] : [],
    ),
  )
  expect(table.map(([, route, operation]) => `${route} ${operation}`).toSorted()).toEqual(described.toSorted())
  for (const [, route, operation] of table) {
    const pattern = new RegExp(`^${route!.replace(/\{\w+\}/g, '[^/]+')}$`)
    if (!ELSEWHERE.includes(operation!))
      expect(
        examples.some((each) => pattern.test(each.route.split('?')[0]!)),
        operation,
      ).toBe(true)
  }
})
