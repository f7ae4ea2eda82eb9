/** Attacks with commands that every customer may send, sent too often. */
import type { Attack } from '../attack.ts'
import type { Stranger } from '../stranger.ts'
import { onSessions } from './packets.ts'

const WINDOW = 20
let next = 0

const text = (to: string, words = 'x'): string => JSON.stringify({ to, id: `m${next++}`, kind: 'text', body: { text: words } })

/** Repeats a command in `count` guests' sessions. */
const again =
  (count: number, command: string, input: (worker: number) => string): Attack['run'] =>
  (stranger) =>
    onSessions(stranger, {
      count,
      act: (session, worker) => Promise.all(Array.from({ length: WINDOW }, () => session.ask(command, input(worker)))),
    })

/** Makes `count` customers wait: each writes one message to the shop, `width` customers at a time. */
async function fillShop(stranger: Stranger, { count, shop }: { count: number; shop: string }): Promise<void> {
  let at = 0
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (at < count) {
        const session = await stranger.session(await stranger.pass({ sub: `waiting${at++}` }))
        await session.ask('send', text(`shop:${shop}`))
        session.close()
      }
    }),
  )
}

/** Agents who close each conversation that is assigned to them, so that the next is assigned. */
async function busyAgents(stranger: Stranger, { count, shop }: { count: number; shop: string }): Promise<void> {
  const sessions = await Promise.all(
    Array.from({ length: count }, async (_, i) => stranger.session(await stranger.pass({ sub: `agent${i}`, role: 'agent', shop }))),
  )
  await stranger.repeat(count, async (worker) => {
    const session = sessions[worker]!
    await session.ask('changeStatus', '{"status":"online"}')
    const queue = await session.ask('queue', '{"limit":20}')
    for (const [, conversation] of queue.matchAll(/"conversation":"([^"]+)"/g)) await session.ask('close', JSON.stringify({ conversation }))
  })
}

const LONG_WORDS = 'lorem ipsum '.repeat(330)

export const chatAttacks: readonly Attack[] = [
  {
    name: 'searches',
    description: '3 sessions search 300 conversations of 30 messages of 4,000 signs, again and again',
    prepare: async (stranger) => {
      const token = await stranger.guest()
      const session = await stranger.session(token)
      for (let shop = 0; shop < stranger.count(300); shop++) {
        await Promise.all(Array.from({ length: 30 }, () => session.ask('send', text(`shop:s${shop}`, LONG_WORDS))))
      }
      session.close()
      return { token }
    },
    run: (stranger, { token }) =>
      stranger.repeat(3, async () => {
        const session = await stranger.session(token as string)
        while (session.isOpen && !stranger.isOver()) await session.ask('search', '{"query":"not there"}')
      }),
  },
  {
    name: 'invented-shops',
    description: '20 guests write a message each to as many invented shops as they get to, 30,000 at most',
    run: async (stranger) => {
      const tokens = await stranger.guests(20)
      await stranger.repeat(tokens.length, async (worker) => {
        const session = await stranger.session(tokens[worker]!)
        for (let shop = 0; shop < 30_000 && session.isOpen && !stranger.isOver(); shop += WINDOW) {
          await Promise.all(Array.from({ length: WINDOW }, (_, i) => session.ask('send', text(`shop:${worker}-${shop + i}`))))
        }
      })
    },
  },
  {
    name: 'waiting-customers',
    description: '5,000 wait at one shop; agents come, close what they are given and are given more, while guests write',
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
    description: '20 sessions say what they look at, as fast as they are answered',
    run: again(20, 'viewing', (worker) => `{"to":"shop:${worker}","product":{"name":"${'x'.repeat(100)}${next++}"}}`),
  },
  {
    name: 'looking-at-many-shops',
    description: '20 sessions say so to another shop each time',
    run: again(20, 'viewing', () => `{"to":"shop:${next++}","product":{"name":"x"}}`),
  },
  {
    name: 'typing',
    description: '20 sessions type at the healthy shop, as fast as they are answered',
    run: again(20, 'typing', () => '{"to":"shop:healthy"}'),
  },
  {
    name: 'reading',
    description: '20 sessions move their cursors in conversations that are and are not there',
    run: again(20, 'read', (worker) => `{"to":"shop:${worker}","seq":${next++ % 1000}}`),
  },
  {
    name: 'watching',
    description: '20 sessions ask for the presence of 100 others each time',
    run: again(20, 'presence', () => JSON.stringify({ of: Array.from({ length: 100 }, () => `shop:${next++}`) })),
  },
  {
    name: 'changing-partners',
    description: '20 sessions change their partner with 4 kB of data each time',
    run: again(20, 'changeUser', () => `{"toid":"shop:${next++}","data":"${'x'.repeat(3000)}"}`),
  },
  {
    name: 'to-one-shop',
    description: '20 guests write to the healthy shop as fast as they are answered',
    run: again(20, 'send', () => text('shop:healthy')),
  },
  {
    name: 'agents-commands',
    description: '20 guests try what only agents may: transfers, blocks, quick replies, notes, the queue',
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
      return onSessions(stranger, { count: 20, act: (session) => Promise.all(tries.map(([command, input]) => session.ask(command, input))) }).then(
        () => void prepared,
      )
    },
  },
  {
    name: 'person-blocks',
    description: '20 guests block and unblock whom they do not know',
    run: again(20, 'blockPerson', () => `{"to":"p${next++}"}`),
  },
  {
    name: 'lists',
    description: '20 sessions ask for lists, histories and the blocked, 20 at once',
    run: (stranger) =>
      onSessions(stranger, {
        count: 20,
        act: (session) =>
          Promise.all(
            Array.from({ length: WINDOW }, (_, i) =>
              session.ask(['conversations', 'history', 'blockedPersons'][i % 3]!, i % 3 === 1 ? '{"to":"shop:attacked","limit":100}' : '{}'),
            ),
          ),
      }),
  },
  {
    name: 'renewals',
    description: '20 sessions renew their passes with 60 kB that are none',
    run: again(20, 'renew', () => `{"token":"${'eyJh'.repeat(15_000)}"}`),
  },
]
