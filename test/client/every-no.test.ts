/** Every code of the wire, from wherever it may come: the client shows it, tells it once, and asks again only where that can help. */
import { describe, expect, test } from 'vitest'
import { CODES, wireRefusal, type Code } from '../../gateway/protocol/codes.ts'
import type { Client } from '../../widget/client/types.ts'
import { ClientWorld } from '../kit/client-world.ts'

const ALL = Object.keys(CODES) as Code[]
const FINAL = ALL.filter((code) => !CODES[code].retry)
const PASSING = ALL.filter((code) => CODES[code].retry)

/** A world whose gateway refuses `command` with `code`; `count` is how often it was asked. */
function refusing(command: string, code: Code, afterMs?: number) {
  const world = new ClientWorld()
  const asked = { count: 0 }
  world.gateway.refuse = (name) => {
    if (name !== command) return undefined
    asked.count++
    return { code, ...(afterMs === undefined ? {} : { afterMs }) }
  }
  return { world, asked }
}

function noesOf(client: Client): string[] {
  const noes: string[] = []
  client.person.value.onRefused(({ code }, command) => noes.push(`${command} ${code}`))
  return noes
}

describe('at the door', () => {
  test.each(ALL)('%s', async (code) => {
    const { world } = refusing('connect', code)
    const client = world.open('customer:u1', 'shop:42')
    await world.clock.advance(100)
    expect(client.connection.value).toMatchObject({ name: CODES[code].retry ? 'waiting' : 'refused', refusal: { code } })
  })
})

describe('to a renewed pass', () => {
  test.each(ALL)('%s: the door decides', async (code) => {
    const { world, asked } = refusing('renew', code)
    const client = world.open('customer:u1', 'shop:42')
    await world.clock.advance(100)
    const hellos = world.gateway.hellos.length
    client.person.value.onRefused(() => expect.unreachable())
    client.setToken('customer:u1:2')
    await world.clock.advance(100)
    expect(asked.count + world.gateway.hellos.length - hellos).toBeGreaterThan(0)
    expect(client.connection.value.name).toBe('live')
  })
})

describe('as the reason of a close', () => {
  test.each(ALL)('%s', async (code) => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', 'shop:42')
    await world.clock.advance(100)
    world.gateway.bye(code, false)
    await world.clock.advance(10)
    expect(client.connection.value).toMatchObject({ name: 'refused', refusal: { code } })
  })
})

describe('to a message', () => {
  test.each(FINAL)('%s: it has failed, and is stored', async (code) => {
    const { world } = refusing('send', code)
    const conversation = world.open('customer:u1', 'shop:42').conversation('shop:42')
    conversation.send('hello')
    await world.clock.advance(100)
    expect(conversation.outbox.value).toMatchObject([{ state: 'failed', refusal: { code } }])
  })

  test.each(PASSING)('%s: it waits, says why, and is sent when it may', async (code) => {
    const { world, asked } = refusing('send', code, 5000)
    const client = world.open('customer:u1', 'shop:42')
    const conversation = client.conversation('shop:42')
    conversation.send('hello')
    await world.clock.advance(100)
    expect(conversation.outbox.value).toMatchObject([{ state: 'waiting', refusal: { code } }])
    await world.clock.advance(4000)
    expect(asked.count).toBe(1)
    world.gateway.refuse = () => undefined
    await world.clock.advance(2000)
    expect(conversation.outbox.value).toEqual([])
    expect(world.log).toEqual(['hello'])
  })

  test('a temporary refusal is not stored: the next page sends it', async () => {
    const { world } = refusing('send', 'rate_limited', 60_000)
    const client = world.open('customer:u1', 'shop:42')
    client.conversation('shop:42').send('hello')
    await world.clock.advance(100)
    client.close()
    world.gateway.refuse = () => undefined
    world.open('customer:u1', 'shop:42')
    await world.clock.advance(2000)
    expect(world.log).toEqual(['hello'])
  })
})

describe('to the reading of a conversation', () => {
  test.each(FINAL)('%s: the conversation says it, and is not read again and again', async (code) => {
    const { world, asked } = refusing('history', code)
    const client = world.open('customer:u1', 'shop:1')
    await world.clock.advance(100)
    const noes = noesOf(client)
    const conversation = client.conversation('shop:42')
    await world.clock.advance(30_000)
    expect(conversation.refusal.value).toMatchObject({ code })
    expect(noes).toEqual([`history ${code}`])
    expect(asked.count).toBe(1)
    expect(client.connection.value.name).toBe('live')
  })

  test.each(PASSING)('%s: it is asked for again when it may be', async (code) => {
    const { world, asked } = refusing('history', code, 5000)
    const client = world.open('customer:u1', 'shop:1')
    await world.clock.advance(100)
    const noes = noesOf(client)
    const conversation = client.conversation('shop:42')
    await world.clock.advance(4900)
    expect({ count: asked.count, noes, refusal: conversation.refusal.value }).toEqual({ count: 1, noes: [`history ${code}`], refusal: undefined })
    world.gateway.refuse = () => undefined
    await world.clock.advance(1000)
    expect(conversation.timeline.value.isLoaded).toBe(true)
  })

  test('another session reads again', async () => {
    const { world } = refusing('history', 'forbidden')
    const client = world.open('customer:u1', 'shop:1')
    const conversation = client.conversation('shop:42')
    await world.clock.advance(1000)
    world.gateway.refuse = () => undefined
    world.gateway.kill()
    await world.clock.advance(10_000)
    expect(conversation.refusal.value).toBeUndefined()
    expect(conversation.timeline.value.isLoaded).toBe(true)
  })
})

describe('to the list of conversations', () => {
  test.each(FINAL)('%s: the list says it', async (code) => {
    const { world } = refusing('conversations', code)
    const client = world.open('customer:u1', 'shop:42')
    const noes = noesOf(client)
    const { inbox } = client
    await world.clock.advance(10_000)
    expect(inbox.refusal.value).toMatchObject({ code })
    expect(inbox.isLoaded.value).toBe(false)
    expect(noes).toEqual([`conversations ${code}`])
  })

  test.each(PASSING)('%s: it is asked for again when it may be', async (code) => {
    const { world, asked } = refusing('conversations', code, 5000)
    const client = world.open('customer:u1', 'shop:42')
    const { inbox } = client
    await world.clock.advance(4000)
    expect({ count: asked.count, refusal: inbox.refusal.value }).toEqual({ count: 1, refusal: undefined })
    world.gateway.refuse = () => undefined
    await world.clock.advance(2000)
    expect(inbox.isLoaded.value).toBe(true)
  })
})

describe('to any other command', () => {
  test.each(ALL)('%s: the caller and the listeners get it, a listener once in a session', async (code) => {
    const { world } = refusing('search', code)
    const client = world.open('customer:u1', 'shop:42')
    await world.clock.advance(100)
    const noes = noesOf(client)
    for (let time = 0; time < 2; time++) {
      const asked = client.request('search', { query: 'kettle' }).then(
        () => undefined,
        (error: unknown) => error,
      )
      await world.clock.advance(100)
      expect(await asked).toMatchObject({ code, message: wireRefusal(code).message })
    }
    expect(noes).toEqual([`search ${code}`])
  })
})
