/** What belongs to one turn travels together, on long polling in one answer, and a change of the transport in the middle loses and turns round nothing. */
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '0' })
})
afterAll(() => gateway.stop())

const SEPARATOR = '\x1e'

/** A session over long polling with its welcome behind it. */
async function polling(sub: string) {
  const base = `${gateway.url}/im/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1)) as { sid: string }
  const address = `${base}&sid=${sid}`
  const polled = async (): Promise<string[]> => (await (await fetch(address)).text()).split(SEPARATOR)
  const post = async (...packets: string[]): Promise<void> => void (await fetch(address, { method: 'POST', body: packets.join(SEPARATOR) }))
  await post(`40${JSON.stringify({ token: await gateway.pass({ sub }) })}`)
  expect((await polled())[0]).toMatch(/^40\{/)
  return { address, polled, post }
}

const sent = (id: number, to: string): string => `42${id}${JSON.stringify(['send', { to, id: `m${id}`, kind: 'text', body: { text: 'hello' } }])}`

test('the answers to the commands of one POST come with one poll', async () => {
  const { polled, post } = await polling('one-answer')
  const poll = polled()
  await post(...[1, 2, 3, 4].map((id) => sent(id, 'nobody')))
  const acks = (await poll).filter((packet) => packet.startsWith('43'))
  expect(acks.map((ack) => ack.slice(0, 3))).toEqual(['431', '432', '433', '434'])
})

test('messages that arrive while a session changes its transport come once and in order', async () => {
  const writer = await new WireClient(gateway.url, 'ws').open()
  await writer.hello({ token: await gateway.pass({ sub: 'upgrade-writer' }) })
  for (let round = 0; round < 5; round++) {
    const sub = `upgrade-reader-${round}`
    const { address, polled } = await polling(sub)
    const got: number[] = []
    const note = (packet: string): void => {
      const [, text] = /"text":"(\d+)"/.exec(packet) ?? []
      if (packet.startsWith('42["messagePush"')) got.push(Number(text))
    }
    let count = 0
    const write = (): Promise<unknown> => writer.command('send', { to: sub, id: `u${round}-${++count}`, kind: 'text', body: { text: String(count) } })
    const socket = new WebSocket(address.replace('http', 'ws').replace('transport=polling', 'transport=websocket'))
    const isProbed = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (String(data) === '3probe') resolve()
        else note(String(data))
      })
    })
    await once(socket, 'open')
    const poll = polled()
    const writing: Promise<unknown>[] = [write(), write(), write()]
    socket.send('2probe')
    await isProbed
    writing.push(write(), write())
    for (const packet of await poll) note(packet)
    writing.push(write(), write())
    socket.send('5')
    writing.push(write(), write(), write())
    await Promise.all(writing)
    await expect.poll(() => got.length).toBe(count)
    expect(got).toEqual(Array.from({ length: count }, (_, n) => n + 1))
    socket.terminate()
  }
})
