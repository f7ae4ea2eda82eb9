import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { CODES, wireRefusal, type Code } from '../../gateway/protocol/codes.ts'
import { portsOf } from '../../widget/client/ports.ts'
import { RefusalError } from '../../widget/client/refusal-error.ts'
import { ClientWorld } from '../kit/client-world.ts'

const ALL = Object.keys(CODES) as Code[]

describe('no pass for a guest', () => {
  test.each(ALL)('%s: shown at once where it is final, with the time to wait where it is temporary', async (code) => {
    const world = new ClientWorld()
    const fetchGuest = () => Promise.reject(new RefusalError(wireRefusal(code, undefined, CODES[code].retry ? 60_000 : undefined)))
    const client = world.open(undefined, 'shop:42', { fetchGuest })
    await world.clock.advance(10)
    expect(client.connection.value).toMatchObject({ name: CODES[code].retry ? 'waiting' : 'refused', refusal: { code } })
  })

  test('rate_limited waits as long as the gateway said, whoever looks at the page meanwhile', async () => {
    const world = new ClientWorld()
    let count = 0
    const fetchGuest = () => {
      count++
      return Promise.reject(new RefusalError(wireRefusal('rate_limited', undefined, 30_000)))
    }
    const client = world.open(undefined, 'shop:42', { fetchGuest })
    await world.clock.advance(29_000)
    client.emit('wake')
    client.emit('online')
    await world.clock.advance(900)
    expect(count).toBe(1)
    await world.clock.advance(3000)
    expect(count).toBe(2)
  })

  test('a network failure is not a refusal', async () => {
    const world = new ClientWorld()
    const client = world.open(undefined, 'shop:42', { fetchGuest: () => Promise.reject(new TypeError('fetch failed')) })
    await world.clock.advance(10)
    expect(client.connection.value).not.toHaveProperty('refusal')
  })

  test.each([
    [403, { error: wireRefusal('origin_forbidden') }, 'origin_forbidden'],
    [401, { error: wireRefusal('pass_required') }, 'pass_required'],
    [429, { error: wireRefusal('rate_limited', undefined, 5000) }, 'rate_limited'],
    [404, '<h1>Not found</h1>', 'pass_required'],
    [502, '<h1>Bad gateway</h1>', undefined],
    [403, { error: { code: 'constructor' } }, undefined],
    [500, { error: null }, undefined],
    [403, null, undefined],
  ])('what %i says is read: %j', async (status, body, code) => {
    const server = createServer((_request, response) => {
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const error: unknown = await portsOf({ gateway: `http://127.0.0.1:${port}` })
      .fetchGuest()
      .then(
        () => undefined,
        (no: unknown) => no,
      )
    server.close()
    expect(error).toBeInstanceOf(Error)
    expect(error instanceof RefusalError ? error.code : undefined).toBe(code)
  })
})
