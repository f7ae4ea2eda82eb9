/** Fills the demo's shop as its people and its backend would: once for each data folder, and only what the shop does not have. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import WebSocket from 'ws'
import { CONVERSATIONS } from './conversations.mjs'
import { QUICK_REPLIES } from './quick-replies.mjs'

const LIMIT_MS = 10_000

/** `gateway` is its address on this machine, `word` is DEMO_WORD where it is set, `apiKey` is API_KEY. Rejects where it fails; the next start tries again. */
export async function seedShop(gateway, { apiKey, dataDir, word }) {
  const mark = join(dataDir, 'demo-seeded')
  if (existsSync(mark)) return
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${word ?? readFileSync(join(dataDir, 'demo-word'), 'utf8')}` }
  const arrive = async (claims) => {
    const response = await fetch(`${gateway}/v1/passes`, { method: 'POST', headers, body: JSON.stringify({ ...claims, ttlMs: 60_000 }) })
    return session(`${gateway.replace('http', 'ws')}/ws`, (await response.json()).token)
  }
  const manager = await arrive({ sub: 'manager', role: 'agent', shop: '42' })
  try {
    // no customer is given to whoever is away
    await manager.ask('changeStatus', { status: 'away' })
    const { quickReplies } = await manager.ask('quickReplies', {})
    if (quickReplies.length === 0) for (const quickReply of QUICK_REPLIES) await manager.ask('saveQuickReply', { quickReply })
    const { conversations } = await manager.ask('conversations', { limit: 1 })
    if (conversations.length === 0 && apiKey !== undefined) for (const each of CONVERSATIONS) await talk(each, { arrive, gateway, apiKey })
  } finally {
    manager.close()
  }
  writeFileSync(mark, 'The demo shop has its quick replies and conversations.\n')
}

/** `lines`: text of the customer, or `[text]` of Ann, which the backend writes for her: she is not there. */
async function talk({ sub, name, lines }, { arrive, gateway, apiKey }) {
  const customer = await arrive({ sub, name, role: 'customer' })
  try {
    for (const [at, line] of lines.entries()) {
      const id = `demo-${at}`
      if (!Array.isArray(line)) await customer.ask('send', { to: 'shop:42', id, kind: 'text', body: { text: line } })
      else await writeAsAnn({ conversation: `shop:42~${sub}`, id, body: { text: line[0] } }, { gateway, apiKey })
    }
  } finally {
    customer.close()
  }
}

async function writeAsAnn(message, { gateway, apiKey }) {
  const response = await fetch(`${gateway}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ ...message, bot: { id: 'ann', name: 'Ann' } }),
  })
  if (!response.ok) throw new Error(await response.text())
}

/** Resolves after the welcome. `ask` resolves with the answer to a command, and rejects where it is refused. */
function session(url, token) {
  const socket = new WebSocket(url)
  const waiting = new Map()
  const limit = setTimeout(() => socket.terminate(), LIMIT_MS)
  let count = 0
  const ask = (command, input) =>
    new Promise((resolve, reject) => {
      waiting.set(String(++count), { resolve, reject })
      socket.send(`2${count}${JSON.stringify([command, input])}`)
    })
  return new Promise((resolve, reject) => {
    const end = (error) => {
      clearTimeout(limit)
      reject(error)
      for (const each of waiting.values()) each.reject(error)
    }
    socket.once('error', end)
    socket.once('close', () => end(new Error('The connection ended.')))
    socket.once('open', () => socket.send(`0${JSON.stringify({ token })}`))
    socket.on('message', (data) => {
      const packet = String(data)
      if (packet.startsWith('0')) return resolve({ ask, close: () => socket.close() })
      const [, id, json] = /^3(\d+)\[(.*)\]$/s.exec(packet) ?? []
      const answer = json === undefined ? undefined : JSON.parse(json)
      if (answer?.ok === true) waiting.get(id)?.resolve(answer)
      else if (answer !== undefined) waiting.get(id)?.reject(new Error(answer.error?.message ?? 'It was refused.'))
    })
  })
}
