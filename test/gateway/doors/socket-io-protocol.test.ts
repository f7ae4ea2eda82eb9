/** The handshake, events and acks of Socket.IO v5 as its public text describes them, against the production door and codec. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startConformance } from '../../../gateway/doors/conformance.ts'
import { EnginePipe } from '../../kit/engine-pipe.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

/** An open engine.io session on a server of its own that sends no ping meanwhile. */
async function start(): Promise<EnginePipe> {
  const server = await startConformance({ port: 0, host: '127.0.0.1', path: '/socket.io/', pingIntervalMs: 60_000, pingTimeoutMs: 60_000 })
  const pipe = new EnginePipe(`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`)
  onTestFinished(() => {
    pipe.socket.terminate()
    server.close()
  })
  await pipe.next()
  return pipe
}

describe('Socket.IO v5 on the default namespace', () => {
  async function connected(hello = '40'): Promise<{ pipe: EnginePipe; welcome: string; auth: string }> {
    const pipe = await start()
    pipe.send(hello)
    return { pipe, welcome: String(await pipe.next()), auth: String(await pipe.next()) }
  }

  test.each([['without a payload', '40', '42["auth",{}]'], ['with one', '40{"token":"123"}', '42["auth",{"token":"123"}]']])(
    'a connect %s is answered with a sid', async (_, hello, echoed) => {
      const { welcome, auth } = await connected(hello)
      expect(welcome.slice(0, 2)).toBe('40')
      expect(JSON.parse(welcome.slice(2))).toEqual({ sid: expect.any(String) as string })
      expect(auth).toBe(echoed)
    })

  test('another namespace is refused, and the line stays', async () => {
    const { pipe } = await connected()
    pipe.send('40/random,')
    expect(await pipe.next()).toBe('44/random,{"message":"Invalid namespace"}')
    pipe.send('42["message",1]')
    expect(await pipe.next()).toBe('42["message-back",1]')
  })

  test('events and acks keep their arguments', async () => {
    const { pipe } = await connected()
    pipe.send('42["message",1,"2",{"3":[true]}]')
    expect(await pipe.next()).toBe('42["message-back",1,"2",{"3":[true]}]')
    pipe.send('42456["message-with-ack",1,"2",{"3":[false]}]')
    expect(await pipe.next()).toBe('43456[1,"2",{"3":[false]}]')
  })

  test.each([['a disconnect', '41'], ['what is no packet', '4abc'], ['an ack nobody asked for', '430[]']])(
    '%s closes the line', async (_, packet) => {
      const { pipe } = await connected()
      pipe.send(packet)
      await pipe.closed
    })

  test('an event before the connect closes the line', async () => {
    const pipe = await start()
    pipe.send('42["message"]')
    await pipe.closed
  })
})
