/** What the chat itself lets a customer do, done too often. */
import type { Attack } from '../attack.ts'
import type { Stranger } from '../stranger.ts'
import { onLines } from './packets.ts'

const WINDOW = 20
let next = 0

const text = (to: string, words = 'x'): string => JSON.stringify({ to, id: `m${next++}`, kind: 'text', body: { text: words } })

/** A command again and again on `count` lines of guests. */
const again =
  (count: number, command: string, input: (worker: number) => string): Attack['run'] =>
  (stranger) =>
    onLines(stranger, {
      count,
      act: (line, worker) => Promise.all(Array.from({ length: WINDOW }, () => line.ask(command, input(worker)))),
    })

/** Lines that hold nobody up: `width` writers at a time, a message of each of `count` customers to one shop. */
async function fillShop(stranger: Stranger, { count, shop }: { count: number; shop: string }): Promise<void> {
  let at = 0
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (at < count) {
        const line = await stranger.attached(await stranger.pass({ sub: `waiting${at++}` }))
        await line.ask('send', text(`shop:${shop}`))
        line.close()
      }
    }),
  )
}

/** Agents who close what they are given, so that the next is given. */
async function busyAgents(stranger: Stranger, { count, shop }: { count: number; shop: string }): Promise<void> {
  const lines = await Promise.all(
    Array.from({ length: count }, async (_, i) => stranger.attached(await stranger.pass({ sub: `agent${i}`, role: 'agent', shop }))),
  )
  await stranger.repeat(count, async (worker) => {
    const line = lines[worker]!
    await line.ask('changeStatus', '{"status":"online"}')
    const queue = await line.ask('queue', '{"limit":20}')
    for (const [, conversation] of queue.matchAll(/"conversation":"([^"]+)"/g)) await line.ask('close', JSON.stringify({ conversation }))
  })
}

const LONG_WORDS = 'lorem ipsum '.repeat(330)

export const chatAttacks: readonly Attack[] = [
  {
    name: 'searches',
    deed: '3 lines search 300 conversations of 30 messages of 4,000 signs, again and again',
    prepare: async (stranger) => {
      const token = await stranger.guest()
      const line = await stranger.attached(token)
      for (let shop = 0; shop < stranger.count(300); shop++) {
        await Promise.all(Array.from({ length: 30 }, () => line.ask('send', text(`shop:s${shop}`, LONG_WORDS))))
      }
      line.close()
      return { token }
    },
    run: (stranger, { token }) =>
      stranger.repeat(3, async () => {
        const line = await stranger.attached(token as string)
        while (line.isOpen && !stranger.isOver()) await line.ask('search', '{"query":"not there"}')
      }),
  },
  {
    name: 'invented-shops',
    deed: '20 guests write a message each to as many invented shops as they get to, 30,000 at most',
    run: async (stranger) => {
      const tokens = await stranger.guests(20)
      await stranger.repeat(tokens.length, async (worker) => {
        const line = await stranger.attached(tokens[worker]!)
        for (let shop = 0; shop < 30_000 && line.isOpen && !stranger.isOver(); shop += WINDOW) {
          await Promise.all(Array.from({ length: WINDOW }, (_, i) => line.ask('send', text(`shop:${worker}-${shop + i}`))))
        }
      })
    },
  },
  {
    name: 'waiting-customers',
    deed: '5,000 wait at one shop; agents come, close what they are given and are given more, while guests write',
    prepare: async (stranger) => {
      await fillShop(stranger, { count: stranger.count(5000), shop: 'busy' })
      return {}
    },
    run: async (stranger, prepared) => {
      await Promise.all([busyAgents(stranger, { count: 4, shop: 'busy' }), again(10, 'send', () => text('shop:busy'))(stranger, prepared)])
    },
  },
  {
    name: 'looking',
    deed: '20 lines say what they look at, as fast as they are answered',
    run: again(20, 'viewing', (worker) => `{"to":"shop:${worker}","product":{"name":"${'x'.repeat(100)}${next++}"}}`),
  },
  {
    name: 'looking-at-many-shops',
    deed: '20 lines say so to another shop each time',
    run: again(20, 'viewing', () => `{"to":"shop:${next++}","product":{"name":"x"}}`),
  },
  {
    name: 'typing',
    deed: '20 lines type at the healthy shop, as fast as they are answered',
    run: again(20, 'typing', () => '{"to":"shop:healthy"}'),
  },
  {
    name: 'reading',
    deed: '20 lines move their cursors in conversations that are and are not there',
    run: again(20, 'read', (worker) => `{"to":"shop:${worker}","seq":${next++ % 1000}}`),
  },
  {
    name: 'watching',
    deed: '20 lines ask for the presence of 100 others each time',
    run: again(20, 'presence', () => JSON.stringify({ of: Array.from({ length: 100 }, () => `shop:${next++}`) })),
  },
  {
    name: 'changing-partners',
    deed: '20 lines change their partner with 4 kB of data each time',
    run: again(20, 'changeUser', () => `{"toid":"shop:${next++}","data":"${'x'.repeat(3000)}"}`),
  },
  {
    name: 'to-one-shop',
    deed: '20 guests write to the healthy shop as fast as they are answered',
    run: again(20, 'send', () => text('shop:healthy')),
  },
  {
    name: 'agents-commands',
    deed: '20 guests try what only agents may: transfers, blocks, quick replies, notes, the queue',
    run: (stranger, prepared) => {
      const tries: readonly [string, string][] = [
        ['transfer', '{"conversation":"shop:healthy~ms-good","to":"x"}'],
        ['block', '{"to":"ms-good","reason":"x"}'],
        ['queue', '{}'],
        ['saveQuickReply', `{"quickReply":{"id":"x","scope":"shop","title":"x","text":"${'x'.repeat(2000)}"}}`],
        ['blocked', '{}'],
        ['saveNote', '{"to":"ms-good","id":"x","text":"x"}'],
        ['claim', '{"conversation":"shop:healthy~ms-good"}'],
        ['customer', '{"to":"ms-good"}'],
      ]
      return onLines(stranger, { count: 20, act: (line) => Promise.all(tries.map(([command, input]) => line.ask(command, input))) }).then(
        () => void prepared,
      )
    },
  },
  {
    name: 'person-blocks',
    deed: '20 guests block and unblock whom they do not know',
    run: again(20, 'blockPerson', () => `{"to":"p${next++}"}`),
  },
  {
    name: 'lists',
    deed: '20 lines ask for lists, histories and the blocked, 20 at once',
    run: (stranger) =>
      onLines(stranger, {
        count: 20,
        act: (line) =>
          Promise.all(
            Array.from({ length: WINDOW }, (_, i) =>
              line.ask(['conversations', 'history', 'blockedPersons'][i % 3]!, i % 3 === 1 ? '{"to":"shop:attacked","limit":100}' : '{}'),
            ),
          ),
      }),
  },
  {
    name: 'renewals',
    deed: '20 lines renew their passes with 60 kB that are none',
    run: again(20, 'renew', () => `{"token":"${'eyJh'.repeat(15_000)}"}`),
  },
]
