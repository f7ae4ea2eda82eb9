/** Saves the quick replies of the demo's shop over a WebSocket, as an agent would: once for each data folder, and only where the shop has none. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import WebSocket from 'ws'
import { QUICK_REPLIES } from './quick-replies.mjs'

const LIMIT_MS = 10_000

/** `gateway` is its address on this machine, `word` is DEMO_WORD where it is set. Rejects where it fails; the next start tries again. */
export async function seedQuickReplies(gateway, { dataDir, word }) {
  const mark = join(dataDir, 'demo-seeded')
  if (existsSync(mark)) return
  const response = await fetch(`${gateway}/v1/passes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${word ?? readFileSync(join(dataDir, 'demo-word'), 'utf8')}` },
    body: JSON.stringify({ sub: 'demo-seed', role: 'agent', shop: '42', ttlMs: 60_000 }),
  })
  const { token } = await response.json()
  await new Promise((resolve, reject) => {
    const socket = new WebSocket(`${gateway.replace('http', 'ws')}/ws`)
    const limit = setTimeout(() => socket.terminate(), LIMIT_MS)
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(limit)
      reject(new Error('The connection ended.'))
    })
    socket.once('open', () => socket.send(`0${JSON.stringify({ token })}`))
    socket.on('message', (data) => onPacket(String(data), socket, resolve))
  })
  writeFileSync(mark, 'The demo shop has its quick replies.\n')
}

/** After the welcome it asks for the quick replies; if there are none, it saves all; after the last answer it is done. */
function onPacket(text, socket, resolve) {
  if (text.startsWith('0')) return socket.send('20["quickReplies",{}]')
  const acked = /^3(\d+)\[(.*)\]$/s.exec(text)
  if (acked === null) return
  const [id, answer] = [Number(acked[1]), JSON.parse(acked[2])]
  if (answer.ok !== true) return socket.close()
  if (id === 0 && answer.quickReplies.length === 0) {
    return QUICK_REPLIES.forEach((quickReply, at) => socket.send(`2${at + 1}${JSON.stringify(['saveQuickReply', { quickReply }])}`))
  }
  if (id === 0 || id === QUICK_REPLIES.length) {
    resolve()
    socket.close()
  }
}
