/** A person's own channel in the original's exact form: the gateway reads and writes it, and survives whatever stands there. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { userChannel } from '../../../gateway/protocol/keys.ts'
import type { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let two: TwoGateways
const logged: string[] = []
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

const unique = (name: string): string => two.unique(name)
const publish = (id: string, json: unknown): Promise<void> =>
  two.backbone.bus.publish(userChannel(id), '', typeof json === 'string' ? json : JSON.stringify(json))

/** What an original node would receive: each publish on a user's channel, as text. */
async function original(id: string): Promise<string[]> {
  const heard: string[] = []
  await two.backbone.bus.subscribe(userChannel(id), ({ origin, packet }) => heard.push(origin === '' ? packet.toString() : `${origin}\n${packet}`))
  return heard
}

/** Resolves when everything published for this window before has arrived. */
async function settled(window: WireClient, id: string): Promise<void> {
  const before = window.pushes('noticePush').length
  await publish(id, { type: 'settled' })
  await window.push('noticePush', before)
}

describe('syncChangeUser', () => {
  test.each([
    ['a shop', 'shop:7', 'shop:7'],
    ['a person', 'bob', 'bob'],
    ['a number', 42, '42'],
  ])('read: uid is the new partner, %s', async (_, uid, toid) => {
    const sub = unique('c')
    const windows = [await two.customer(0, sub), await two.customer(1, sub)]
    await publish(sub, { type: 'syncChangeUser', uid, socketid: windows[1]!.sid, changeUserData: {} })
    expect(await windows[0]!.push('syncChangeUserPush')).toEqual({ toid, socketid: windows[1]!.sid })
    expect(await windows[1]!.push('changeUserPush')).toEqual({ toid })
    expect(windows[1]!.pushes('syncChangeUserPush')).toEqual([])
  })

  test.each(['{"toid":"shop:8"}', '"shop:8"', '[]', 'null'])('is ignored when changeUserData is %s', async (data) => {
    const sub = unique('c')
    const window = await two.customer(0, sub)
    await publish(sub, `{"type":"syncChangeUser","uid":"shop:7","socketid":"o1","changeUserData":${data}}`)
    expect(await window.push('syncChangeUserPush')).toEqual({ toid: 'shop:7', socketid: 'o1' })
  })

  test.each(['customer', 'agent'] as const)(
    'of a %s is published as one object in the original form, with the data of the page untouched',
    async (role) => {
      const sub = unique('p')
      const window = role === 'customer' ? await two.customer(0, sub) : await two.agent(0, [sub, unique('s')])
      const heard = await original(sub)
      const input = { toid: 'c-9', product: { id: 9, tags: ['新', '"'] }, since: null }
      await window.command('changeUser', input)
      expect(heard.map((text) => JSON.parse(text) as unknown)).toEqual([
        { type: 'syncChangeUser', uid: 'c-9', socketid: window.sid, changeUserData: input },
      ])
      expect(heard[0]![0]).toBe('{')
      expect(await window.push('changeUserPush')).toEqual({ toid: 'c-9' })
    },
  )

  test.each([
    ['more than 4096 bytes', { toid: 'shop:7', note: '字'.repeat(1400) }, 'too_large'],
    ['nested too deep', { toid: 'shop:7', deep: JSON.parse('['.repeat(20) + ']'.repeat(20)) as unknown }, 'bad_request'],
  ])('written: %s is refused and published to nobody', async (_, input, code) => {
    const sub = unique('c')
    const window = await two.customer(0, sub)
    const heard = await original(sub)
    expect((await window.ask('changeUser', input)).error?.code).toBe(code)
    expect(heard).toEqual([])
  })
})

describe('what cannot be read', () => {
  const deep = (depth: number): string => `{"type":"x","a":${'['.repeat(depth)}${']'.repeat(depth)}}`
  test.each([
    ['no uid', '{"type":"syncChangeUser","socketid":"o1","changeUserData":{"toid":"shop:7"}}', /uid/],
    ['an object as uid', '{"type":"syncChangeUser","uid":{"toid":"shop:7"}}', /uid/],
    ['a list as uid', '{"type":"syncChangeUser","uid":["shop:7"]}', /uid/],
    ['an empty uid', '{"type":"syncChangeUser","uid":""}', /uid/],
    ['half a number as uid', '{"type":"syncChangeUser","uid":1.5}', /uid/],
    ['no shop as uid', '{"type":"syncChangeUser","uid":"shop:"}', /uid/],
    ['a conversation as uid', '{"type":"syncChangeUser","uid":"shop:7~c"}', /uid/],
    ['a long uid', JSON.stringify({ type: 'syncChangeUser', uid: 'x'.repeat(65) }), /uid/],
    ['something huge', JSON.stringify({ type: 'coupon', text: 'x'.repeat(70_000) }), /larger/],
    ['something deep', deep(40), /deep/],
    ['something so deep that it overflows the stack', deep(30_000), /deep/],
    ['no JSON', 'not JSON', /JSON object/],
    ['half JSON', '{"type":"coupon"', /JSON object/],
    ['a list', '["a","list"]', /JSON object/],
    ['no type', '{"text":"5 off"}', /type/],
    ['an object as type', '{"type":{}}', /type/],
  ])('%s reaches nobody, stands in the log, and the next is heard', async (_, text, reason) => {
    two.pass(61_000)
    logged.length = 0
    const sub = unique('c')
    const windows = [await two.customer(0, sub), await two.agent(0, [sub, unique('s')])]
    await publish(sub, text)
    for (const window of windows) {
      await settled(window, sub)
      expect(window.pushes('syncChangeUserPush')).toEqual([])
      expect(window.pushes('noticePush').filter(({ type }) => type !== 'settled')).toEqual([])
    }
    expect(logged.some((line) => line.includes(`ImMsgPub:${sub}`) && reason.test(line))).toBe(true)
  })
})
