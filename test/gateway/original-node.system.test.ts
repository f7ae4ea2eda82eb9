/**
 * A node of the original beside this gateway on the same Redis: it parses whatever it hears on a user's channel and takes `uid` for the new
 * partner; what it and PHP publish moves this gateway's windows.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { participantId, shardNumber, userChannel } from '../../gateway/protocol/keys.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../kit/gateway.ts'
import { startRing, type RedisGroup } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

const PEOPLE = [
  ['', '10086'],
  ['wx', '10086'],
  ['m.', '张三'],
  ['店', '🙂'],
] as const

interface Sync {
  readonly type: string
  readonly uid: string
  readonly socketid: string
  readonly changeUserData: unknown
}

/** What the original did with one person's windows. */
class OriginalNode {
  readonly heard: Sync[] = []
  /** Whom its windows talk to. */
  toid: string | undefined
  readonly #ear: Redis
  readonly #mouth: Redis
  readonly #channel: string

  private constructor(port: number, channel: string) {
    this.#ear = new Redis(port)
    this.#mouth = new Redis(port)
    this.#channel = channel
  }

  static async at(group: RedisGroup, channel: string): Promise<OriginalNode> {
    const node = new OriginalNode(group.servers[shardNumber(channel, group.servers.length)]!.port, channel)
    node.#ear.on('message', (_, text) => node.#hear(text))
    await node.#ear.subscribe(channel)
    return node
  }

  async changeUser(socketid: string, toid: string, changeUserData: unknown): Promise<void> {
    await this.#mouth.publish(this.#channel, JSON.stringify({ type: 'syncChangeUser', uid: toid, socketid, changeUserData }))
  }

  close(): void {
    this.#ear.disconnect()
    this.#mouth.disconnect()
  }

  #hear(text: string): void {
    const data = JSON.parse(text) as Sync
    this.heard.push(data)
    if (data.type === 'syncChangeUser') this.toid = data.uid
  }
}

describe.each([
  ['a single server', 1],
  ['a ring of three', 3],
])('on %s', (_, count) => {
  let group: RedisGroup
  let folder: string
  let nodes: [StartedGateway, StartedGateway]

  beforeAll(async () => {
    group = await startRing(count)
    folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
    const environment = { REDIS_URL: group.url, DATA_DIR: folder }
    nodes = [await startGateway(environment), await startGateway(environment)]
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await group.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function arrive(node: StartedGateway, claims: PassClaims): Promise<WireClient> {
    const wireClient = await new WireClient(node.url, 'ws').open()
    await wireClient.hello({ token: await node.pass(claims) })
    return wireClient
  }

  const claimsOf = (src: string, sub: string): PassClaims => (src === '' ? { sub } : { src, sub })

  async function php(src: string, sub: string, json: unknown): Promise<void> {
    const ports = group.servers.map(({ port }) => port).join(',')
    await promisify(execFile)('php', ['test/gateway/publish.php', ports, src, sub, JSON.stringify(json)])
  }

  test.each(PEOPLE)("a window of %s%s here moves the original's, and the other way round", async (src, sub) => {
    const original = await OriginalNode.at(group, userChannel(participantId(src, sub)))
    const [one, other] = [await arrive(nodes[0], claimsOf(src, sub)), await arrive(nodes[1], claimsOf(src, sub))]
    const sent = { toid: 'shop:7', title: '商品', since: [1, null] }
    await one.command('changeUser', sent)
    expect(await other.push('syncChangeUserPush')).toEqual({ toid: 'shop:7', socketid: one.sid })
    await expect.poll(() => original.toid).toBe('shop:7')
    expect(original.heard).toEqual([{ type: 'syncChangeUser', uid: 'shop:7', socketid: one.sid, changeUserData: sent }])
    await original.changeUser('socket-of-the-original', 'bob', { anything: ['at', 'all'] })
    expect(await one.push('syncChangeUserPush')).toEqual({ toid: 'bob', socketid: 'socket-of-the-original' })
    expect(await other.push('syncChangeUserPush', 1)).toEqual({ toid: 'bob', socketid: 'socket-of-the-original' })
    original.close()
  })

  test("an agent's window here moves the original's as well", async () => {
    const original = await OriginalNode.at(group, userChannel('wxa1'))
    const agent = await arrive(nodes[0], { src: 'wx', sub: 'a1', role: 'agent', shop: '7' })
    await agent.command('changeUser', { toid: 'c1' })
    await expect.poll(() => original.heard).toEqual([{ type: 'syncChangeUser', uid: 'c1', socketid: agent.sid, changeUserData: { toid: 'c1' } }])
    original.close()
  })

  test.each(PEOPLE)('PHP moves the windows of %s%s to uid, whatever changeUserData is', async (src, sub) => {
    const windows = [await arrive(nodes[0], claimsOf(src, sub)), await arrive(nodes[1], { ...claimsOf(src, sub), role: 'agent', shop: '9' })]
    const publishes = [
      ['u1', {}],
      ['u2', []],
      ['u3', { toid: 'shop:8' }],
      ['u4', 'shop:8'],
      [42, null],
    ] as const
    for (const [uid, changeUserData] of publishes) await php(src, sub, { type: 'syncChangeUser', uid, socketid: 'php', changeUserData })
    for (const window of windows) {
      await window.push('syncChangeUserPush', publishes.length - 1)
      expect(window.pushes('syncChangeUserPush')).toEqual(publishes.map(([uid]) => ({ toid: String(uid), socketid: 'php' })))
    }
  })

  test('an invalid message of PHP reaches nobody, and its next one does', async () => {
    const window = await arrive(nodes[0], { sub: 'wrong' })
    const wrong = [
      { socketid: 'php' },
      { uid: {} },
      { uid: [] },
      { uid: '' },
      { uid: null },
      { uid: 'x'.repeat(10_000) },
      { uid: 'shop:1', pad: 'x'.repeat(90_000) },
    ]
    for (const fields of wrong) await php('', 'wrong', { type: 'syncChangeUser', changeUserData: { toid: 'shop:7' }, ...fields })
    await php('', 'wrong', { type: 'syncChangeUser', uid: 'shop:9', socketid: 'php', changeUserData: {} })
    expect(await window.push('syncChangeUserPush')).toEqual({ toid: 'shop:9', socketid: 'php' })
    expect(window.pushes('noticePush')).toEqual([])
  })
})
