/**
 * The shop's own backend, as an operator would have one: the gateway asks it over HTTP about customers, shops and cards.
 *
 *   GET  /customers/<id>?shop=42   200 with JSON, or 404
 *   GET  /shops/<id>              200 with what the shop says about itself, or 404
 *   GET  /cards/<kind>/<id>?customer=lee   200 with what a product or order costs now, or 404
 *   POST /chat                    the gateway's webhook, for the bot
 *   POST /switch/<mode>            ready | slow | down | empty: how it answers from now on, about everybody
 *
 * About two customers it always answers in a special way: about sam after three seconds, about dana with a failure.
 */
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { startBot } from './bot.mjs'
import { card } from './cards.mjs'
import { person } from './people.mjs'
import { SHOP } from './shop.mjs'

const SLOW_MS = 3000
const MODES = ['ready', 'slow', 'down', 'empty']
const OWN_MODES = { sam: 'slow', dana: 'down' }

/** What a webhook may send at most. */
const BODY_BYTES = 1_000_000

/**
 * Listens on a free loopback port, without keeping the process alive. Resolves with its `url`, and `stop` that closes it.
 * `bot`: how the bot gets to the gateway; undefined: there is none.
 */
export async function startBackend(bot) {
  const state = { mode: 'ready', bot: bot && startBot(bot) }
  const server = createServer((request, response) => {
    answer(request, state).then(
      ([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body === undefined ? undefined : JSON.stringify(body))
      },
      () => response.destroy(),
    )
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

async function answer(request, state) {
  const { method, url, headers } = request
  const { pathname, searchParams } = new URL(url, 'http://backend')
  const [, place, name = '', id = ''] = pathname.split('/').map(decodeURIComponent)
  if (method === 'POST' && place === 'switch' && MODES.includes(name)) {
    state.mode = name
    return [200, { mode: name }]
  }
  if (method === 'POST' && place === 'chat' && state.bot !== undefined) return [state.bot.take(headers, await bodyOf(request))]
  if (method === 'GET' && place === 'shops' && name === '42') return [200, SHOP]
  if (method === 'GET' && place === 'cards') {
    const known = card(name, id, searchParams.get('customer') ?? '')
    return known === undefined ? [404, { error: 'This card is unknown.' }] : [200, known]
  }
  if (method !== 'GET' || place !== 'customers')
    return [404, { error: 'GET /customers/<id>, GET /shops/42, GET /cards/<kind>/<id>?customer=<id>, POST /switch/<ready|slow|down|empty>' }]
  const mode = state.mode === 'ready' && Object.hasOwn(OWN_MODES, name) ? OWN_MODES[name] : state.mode
  if (mode === 'slow') await wait(SLOW_MS, undefined, { ref: false })
  if (mode === 'down') return [503, { error: 'The backend is down.' }]
  const known = mode === 'empty' ? undefined : person(name, Date.now())
  return known === undefined ? [404, { error: 'This customer is unknown.' }] : [200, known]
}

async function bodyOf(request) {
  const parts = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > BODY_BYTES) throw new Error('The body is too large.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
