/** The client of the browser tests shows what the real one shows: each case runs over both. */
import { describe, expect, test } from 'vitest'
import type { Client } from '../../widget/client/types.ts'
import { memoryClient } from '../browser/memory-client.ts'
import { ClientWorld } from '../kit/client-world.ts'
import { memoryPass } from '../kit/memory-pass.ts'

const SHOP = 'shop:42'

interface Subject {
  readonly client: Client
  /** What the other side does. */
  say(text: string): void
  /** From now on what is sent is confirmed, has no answer, or is refused for good. */
  answer(how: 'confirm' | 'wait' | 'fail'): void
  /** Everything that is under way arrives. */
  settle(): Promise<void>
}

/** `count` messages are in the log, of which a page of 30 is loaded. */
function memory(count: number): Subject {
  const client = memoryClient({ to: SHOP })
  client.fill(count)
  const { timeline } = client.chat
  const { messages } = timeline.value
  if (count > 30) client.older = [messages.slice(0, -30)]
  timeline.set({ ...timeline.value, messages: messages.slice(-30), hasOlder: count > 30 })
  return {
    client,
    say: (text) => void client.say(text),
    answer: (how) => void (client.answer = how),
    settle: () => new Promise((resolve) => setTimeout(resolve, 40)),
  }
}

function real(count: number): Subject {
  const world = new ClientWorld()
  for (let n = 0; n < count; n++) world.gateway.say(SHOP, 'me', String(n))
  let ids = 0
  return {
    client: world.open(memoryPass({ sub: 'me' }), SHOP),
    say: (text) => void world.gateway.append([SHOP, 'me'], { id: `m${++ids}`, from: 'agent', side: SHOP, name: 'Ana', kind: 'text', body: { text } }),
    answer(how) {
      world.gateway.swallow = (command) => how === 'wait' && command === 'send'
      world.gateway.refuse = (command) => (how === 'fail' && command === 'send' ? { code: 'forbidden' } : undefined)
    },
    settle: () => world.clock.advance(50),
  }
}

/** Keys of what the elements read, where they are there. */
const keysOf = (value: object | undefined): string[] => Object.keys(value ?? {}).sort()

describe.each([
  ['the memory client', memory],
  ['the real client', real],
])('%s', (_name, open) => {
  const start = async (count = 0): Promise<Subject & { chat: ReturnType<Client['conversation']> }> => {
    const subject = open(count)
    const chat = subject.client.conversation(SHOP)
    await subject.settle()
    return { ...subject, chat }
  }

  test('begins live, with an empty conversation that is loaded', async () => {
    const { chat, client } = await start()
    expect(client.connection.value).toEqual({ name: 'live', transport: 'websocket' })
    expect(client.focus.value).toBe(SHOP)
    expect(chat.timeline.value).toEqual({ messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: true })
    expect([chat.outbox.value, chat.theirs.value, chat.unread.value]).toEqual([[], { delivered: 0, read: 0 }, 0])
    expect([chat.typing.value, chat.refusal.value, chat.draft.value]).toEqual([undefined, undefined, ''])
    expect([client.conversation(SHOP) === chat, chat.to, chat.id]).toEqual([true, SHOP, 'shop:42~me'])
  })

  test('calls a subscriber for each change with the new value, until it stops', async () => {
    const { chat, settle } = await start()
    const heard: string[] = []
    const stop = chat.draft.subscribe((text) => void heard.push(text))
    chat.setDraft('one')
    stop()
    chat.setDraft('two')
    await settle()
    expect([heard, chat.draft.value]).toEqual([['one'], 'two'])
  })

  test('a sent message waits in the outbox and is then in the timeline under the same id', async () => {
    const { chat, client, settle } = await start()
    expect(chat.send('  ')).toBe(undefined)
    const id = chat.send('hello')
    await settle()
    const [message] = chat.timeline.value.messages
    expect(message).toMatchObject({ id, seq: 1, from: 'me', side: 'me', kind: 'text', body: { text: 'hello' }, conversation: chat.id })
    expect(chat.outbox.value).toEqual([])
    expect(client.identity.value).toMatchObject({ id: 'me', side: 'me', role: 'customer' })
  })

  test('without an answer it stays in the outbox, in the order of sending, and nowhere else', async () => {
    const { answer, chat, settle } = await start()
    answer('wait')
    const ids = [chat.send('one'), chat.sendBody('product', { text: 'two' })]
    await settle()
    expect(chat.outbox.value.map(({ id, kind, body }) => [id, kind, body.text])).toEqual([
      [ids[0], 'text', 'one'],
      [ids[1], 'product', 'two'],
    ])
    expect(chat.outbox.value.map(({ state }) => state)).toEqual(['sending', 'waiting'])
    expect(chat.outbox.value.every(({ refusal }) => refusal === undefined)).toBe(true)
    expect(chat.timeline.value.messages).toEqual([])
  })

  test('a final refusal says why; sent again the message is confirmed, discarded it is gone', async () => {
    const { answer, chat, settle } = await start()
    answer('fail')
    const [one, two] = [chat.send('one')!, chat.send('two')!]
    await settle()
    expect(chat.outbox.value.map(({ id, state }) => [id, state])).toEqual([
      [one, 'failed'],
      [two, 'failed'],
    ])
    expect(chat.outbox.value[0]!.refusal).toMatchObject({ code: 'forbidden', retry: false })
    expect(keysOf(chat.outbox.value[0])).toEqual(['at', 'body', 'id', 'kind', 'refusal', 'state'])
    answer('confirm')
    chat.discard(one)
    chat.retry(two)
    await settle()
    expect([chat.outbox.value, chat.timeline.value.messages.map(({ id }) => id)]).toEqual([[], [two]])
  })

  test('incoming messages are unread until they are marked, and have the writer’s name', async () => {
    const { chat, say, settle } = await start()
    say('one')
    say('two')
    await settle()
    expect(chat.unread.value).toBe(2)
    expect(chat.name.value).not.toBe('Ana')
    expect(chat.timeline.value.messages.map(({ seq, from, name, side }) => [seq, from, name, side])).toEqual([
      [1, 'agent', 'Ana', SHOP],
      [2, 'agent', 'Ana', SHOP],
    ])
    expect(chat.theirs.value).toEqual({ delivered: 2, read: 2 })
    chat.markRead()
    expect(chat.unread.value).toBe(0)
    chat.send('three')
    await settle()
    expect([chat.unread.value, chat.theirs.value]).toEqual([0, { delivered: 2, read: 2 }])
  })

  test('older messages come before the others; meanwhile it says that they load', async () => {
    const { chat, settle } = await start(31)
    const seqs = (): number[] => chat.timeline.value.messages.map(({ seq }) => seq)
    const all = Array.from({ length: 31 }, (_, n) => n + 1)
    expect([chat.timeline.value.hasOlder, seqs()]).toEqual([true, all.slice(1)])
    const loaded = chat.loadOlder()
    expect(chat.timeline.value).toMatchObject({ hasOlder: true, isLoadingOlder: true })
    await settle()
    await loaded
    expect(chat.timeline.value).toMatchObject({ hasOlder: false, isLoadingOlder: false, isLoaded: true })
    expect(seqs()).toEqual(all)
  })

  test('a closed client can connect again', async () => {
    const { client, settle } = await start()
    client.close()
    expect(client.connection.value).toEqual({ name: 'closed' })
    client.connect()
    await settle()
    expect(client.connection.value.name).toBe('live')
    client.logout()
    expect(client.connection.value).toEqual({ name: 'closed' })
  })

  test('the person is who the pass names', async () => {
    const { client } = await start()
    expect(client.person.value.who).toEqual({ role: 'customer', id: 'me' })
    expect(client.person.value.scope).toEqual(expect.any(String))
  })
})
