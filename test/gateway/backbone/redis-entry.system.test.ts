import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { conversationKeys } from '../../../gateway/backbone/redis/keys.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { freePort } from '../../kit/free-port.ts'
import { startRedis } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'

/** What docs/redis.md tells operators to give the gateway. */
const LEAST_RIGHTS = [
  '~im:*',
  '&Im*',
  '+@read',
  '+@write',
  '+@scripting',
  '+@pubsub',
  '+@connection',
  '+wait',
  '+time',
  '-@dangerous',
  '+info',
  '+cluster|slots',
]

describe('a server that requires a login', () => {
  it('by password, by user and password, in another database', async () => {
    const server = await startRedis('--requirepass', 'p@ss/1')
    const asAdmin = ['--no-auth-warning', '-a', 'p@ss/1']
    await server.cli(...asAdmin, 'ACL', 'SETUSER', 'im', 'on', '>secret', ...LEAST_RIGHTS)
    await server.cli(...asAdmin, 'ACL', 'SETUSER', 'timeless', 'on', '>secret', ...LEAST_RIGHTS, '-time')
    const host = `127.0.0.1:${server.port}`
    const refused = await openRedis({ url: server.url })
    expect(refused.unready()).toMatch(/NOAUTH/)
    const wrong = await openRedis({ url: `redis://:nope@${host}` })
    expect(wrong.unready()).toMatch(/WRONGPASS/)
    const byPassword = await openRedis({ url: `redis://:p%40ss%2F1@${host}` })
    const byUser = await openRedis({ url: `redis://im:secret@${host}/2` })
    expect([byPassword.unready(), byUser.unready()]).toEqual([undefined, undefined])
    for (const job of byUser.jobs) await job.run()
    const timeless = await openRedis({ url: `redis://timeless:secret@${host}` })
    await expect(timeless.jobs.find(({ name }) => name === 'redisClock')!.run()).rejects.toThrow(/NOPERM.*'time'/)
    const talk = newTalk()
    await byPassword.store.append(talk.message())
    expect((await byUser.store.read(talk.conversation, { limit: 1 })).head.seq).toBe(0)
    await (await byUser.bus.subscribe('ImMsgPub:1', () => undefined)).close()
    await byUser.store.append(talk.message())
    expect((await byUser.store.list(talk.shop, { limit: 9 })).rows.map(({ head }) => head.seq)).toEqual([1])
    expect(await server.cli(...asAdmin, '-n', '2', 'LLEN', conversationKeys(talk.conversation).log)).toBe('1')
    await Promise.all([refused, wrong, byPassword, byUser, timeless].map((node) => node.close()))
    await server.stop()
  })

  it('over TLS, with a certificate authority of our own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'im-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key,
        '-out',
        cert,
        '-subj',
        '/CN=im',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    )
    const tlsPort = await freePort()
    const server = await startRedis('--tls-port', String(tlsPort), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no')
    const url = `rediss://127.0.0.1:${tlsPort}`
    const stranger = await openRedis({ url })
    expect(stranger.unready()).toMatch(/self-signed certificate/)
    const node = await openRedis({ url, tlsCa: readFileSync(cert, 'utf8') })
    expect(node.unready()).toBeUndefined()
    const talk = newTalk()
    let hear: (text: string) => void = () => undefined
    const heard = new Promise<string>((resolve) => {
      hear = resolve
    })
    const subscription = await node.bus.subscribe('ImMsgPub:tls', ({ packet }) => hear(packet.toString()))
    expect(await node.store.append(talk.message())).toMatchObject({ seq: 1 })
    await node.bus.publish('ImMsgPub:tls', '', 'over TLS')
    expect(await heard).toBe('over TLS')
    await subscription.close()
    await Promise.all([stranger.close(), node.close()])
    await server.stop()
    rmSync(folder, { recursive: true })
  })
})
