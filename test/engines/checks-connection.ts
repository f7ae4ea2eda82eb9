import { NotApplicable, type Check, type World } from './check.ts'
import { waitFor, type Page } from './page.ts'

/** Engines without custom elements run the legacy bundle, which never opens a WebSocket. */
const isPollingOnly = (page: Page): boolean => !page.can.has('modern')

const SOCKET_FAULTS = {
  refuse: 'is refused',
  hang: 'never opens',
  mute: 'opens and stays silent',
  die: 'dies after two seconds',
  throw: 'throws in its constructor',
  missing: 'does not exist',
} as const

const socketCheck = (fault: keyof typeof SOCKET_FAULTS): Check => ({
  id: `websocket-${fault}`,
  title: `a WebSocket that ${SOCKET_FAULTS[fault]}: the message arrives all the same`,
  run: async ({ chat, page }) => {
    if (isPollingOnly(page)) throw new NotApplicable('polls anyway')
    await chat.forget()
    const from = Date.now()
    await chat.open({ faults: `websocket:${fault}` }, { ms: 30_000 })
    const took = Date.now() - from
    const text = chat.text()
    await chat.send(text)
    await chat.delivered(text, 30_000)
    const { transport, shownTransport } = await page.evaluate<{ transport: string; shownTransport: string }>('imQa.readings()')
    if (fault !== 'die' && shownTransport !== 'polling') throw new Error(`shows ${shownTransport} while packets travel by ${transport}`)
    return `live after ${(took / 1000).toFixed(1)} s`
  },
})

async function sendThrough({ chat }: World, faults: object, count: number): Promise<void> {
  await chat.forget()
  await chat.open()
  await chat.faults(faults)
  const texts = Array.from({ length: count }, () => chat.text())
  for (const text of texts) await chat.send(text)
  for (const text of texts) await chat.delivered(text, 60_000)
  await chat.faults({ drop: 0, delay: 0, duplicate: 0, reorder: 0 })
  const shown = (await chat.messages()).map(({ text }) => text).filter((text) => texts.includes(text))
  if (shown.join() !== texts.join()) throw new Error(`shown as ${shown.join()} instead of ${texts.join()}`)
}

/** Nothing lost, nothing twice, nothing out of order, whatever the connection does. */
export const CONNECTION_CHECKS: readonly Check[] = [
  {
    id: 'transport',
    title: 'the best transport is in use and shown truthfully',
    run: async ({ chat, page }) => {
      await chat.open()
      const want = isPollingOnly(page) ? 'polling' : 'websocket'
      await waitFor(page, `imQa.readings().shownTransport==='${want}'`, `transport ${want} to be shown`, 20_000)
      // an answer, because the last packet may be the goodbye of a session by polling that the WebSocket has replaced
      const text = chat.text()
      await chat.send(text)
      await chat.delivered(text)
      await waitFor(page, `imQa.readings().transport==='${want}'`, `packets by ${want}`, 5000)
      return want
    },
  },
  {
    id: 'answer',
    title: 'an answer is shown',
    run: async ({ chat, page, hasAnswers }) => {
      if (!hasAnswers) throw new NotApplicable('nobody answers there')
      await chat.open()
      const text = chat.text()
      await chat.send(text)
      await waitFor(page, `imQa.shownMessages().some(function(m){return !m.isOwn&&m.text===${JSON.stringify(text.toUpperCase())}})`, 'the answer')
    },
  },
  {
    id: 'history',
    title: 'after a reload everything is there, once and in order',
    needs: ['storage'],
    run: async ({ chat, page }) => {
      await chat.open()
      const texts = [chat.text(), chat.text(), chat.text()]
      for (const text of texts) await chat.send(text)
      for (const text of texts) await chat.delivered(text)
      await chat.open()
      await waitFor(page, `imQa.shownMessages().some(function(m){return m.text===${JSON.stringify(texts[2])}})`, 'the last message')
      const shown = (await chat.messages()).map(({ text }) => text).filter((text) => texts.includes(text))
      if (shown.join() !== texts.join()) throw new Error(`shown as ${shown.join()}`)
    },
  },
  ...(Object.keys(SOCKET_FAULTS) as (keyof typeof SOCKET_FAULTS)[]).map(socketCheck),
  {
    id: 'offline',
    title: 'written while offline, delivered after',
    run: async ({ chat, page }) => {
      await chat.open()
      await chat.faults({ offline: true })
      const text = chat.text()
      await chat.send(text)
      await waitFor(page, 'imQa.outboxLength()>0', 'the message in the outbox', 3000)
      await chat.faults({ offline: false })
      const from = Date.now()
      await chat.delivered(text, 30_000)
      return `${((Date.now() - from) / 1000).toFixed(1)} s after the network was back`
    },
  },
  { id: 'slow', title: 'a slow line: 5 messages, each once, in order', run: (world) => sendThrough(world, { delay: 600 }, 5) },
  { id: 'twice', title: 'packets that come twice: each message once', run: (world) => sendThrough(world, { duplicate: 100 }, 5) },
  { id: 'reorder', title: 'packets that overtake: messages in order', run: (world) => sendThrough(world, { reorder: 50 }, 8) },
  { id: 'loss', title: 'packets that vanish: nothing is lost', run: (world) => sendThrough(world, { drop: 15 }, 4) },
]
