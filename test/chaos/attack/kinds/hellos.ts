/** Attacks with hellos, and before a hello. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Attack } from '../attack.ts'
import type { StrangerSession } from '../stranger-session.ts'
import type { Stranger } from '../stranger.ts'

const CONVERSATIONS = 15
const MESSAGES = 200
/** The largest bodies that the protocol has ever accepted, and those it accepts now. */
const BODY_BYTES = [64_900, 32_000]

interface Histories {
  readonly token: string
  readonly cursors: readonly (readonly [string, string, number, string])[]
}

async function send(session: StrangerSession, input: object): Promise<{ conversation: string; epoch: string } | undefined> {
  const text = await session.ask('send', JSON.stringify(input))
  return (JSON.parse(text.slice(text.indexOf('['))) as [{ ok?: true; conversation: string; epoch: string }])[0]
}

/** A guest's conversations of large messages, and what a hello of one that holds their first messages says. */
async function largeHistories(stranger: Stranger): Promise<Histories> {
  const token = await stranger.guest()
  const session = await stranger.session(token)
  const cursors: [string, string, number, string][] = []
  for (let shop = 0; shop < stranger.count(CONVERSATIONS); shop++) {
    const message = (id: string, bytes: number) => ({ to: `shop:h${shop}`, id, kind: 'text', body: { text: 'x', fill: 'x'.repeat(bytes - 200) } })
    const first = await send(session, message('m0', 300))
    const probe = (await send(session, message('m1', BODY_BYTES[0]!))) as { ok?: true } | undefined
    const bytes = probe?.ok ? BODY_BYTES[0]! : BODY_BYTES[1]!
    for (let at = 2; at <= MESSAGES; at += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => send(session, message(`m${at + i}`, bytes))))
    cursors.push([first!.conversation, first!.epoch, 1, 'm0'])
  }
  session.close()
  return { token, cursors }
}

/** Sends `count` hellos at once that name all those conversations, again and again; `act` uses each session after its hello. */
const resumes = (count: number, act: (session: StrangerSession) => Promise<unknown>): Pick<Attack, 'prepare' | 'run'> => ({
  prepare: async (stranger) => ({ ...(await largeHistories(stranger)) }),
  run: async (stranger, prepared) => {
    const { token, cursors } = prepared as unknown as Histories
    const hello = `0${JSON.stringify({ token, v: 1, resume: { cursors } })}`
    await stranger.repeat(stranger.count(count), async () => {
      const session = await stranger.connection()
      session.send(hello)
      await act(session)
    })
  },
})

const noise = (length: number): string => 'eyJh'.repeat(length / 4)
/** A packet in the form of a hello with nothing valid in it. */
const NONSENSE = `0${JSON.stringify({ token: 1, to: {}, resume: { cursors: Array.from({ length: 2000 }, () => [1, null, 'x', {}, 'five']) } })}`
const BIG_HELLO = `0${JSON.stringify({ token: `${noise(40)}.${noise(63_000)}.${noise(40)}`, v: 1 })}`

/** Connections without a pass that write the same text again and again: `bytesPerSecond` each. */
const repeating =
  (count: number, { texts, bytesPerSecond }: { texts: readonly string[]; bytesPerSecond: number }): Attack['run'] =>
  (stranger) => {
    let at = 0
    return stranger.repeat(stranger.count(count), async () => {
      const session = await stranger.connection()
      while (session.isOpen && !stranger.isOver()) {
        const text = texts[at++ % texts.length]!
        session.send(text)
        await wait((text.length / bytesPerSecond) * 1000)
      }
    })
  }

export const helloAttacks: readonly Attack[] = [
  {
    name: 'resumes',
    description: '8 hellos at once, again and again, name 15 conversations of 200 large messages',
    ...resumes(8, async (session) => {
      await session.nextText()
      await wait(1000)
      session.close()
    }),
  },
  {
    name: 'many-resumes',
    description: '60 such hellos at once',
    ...resumes(60, async (session) => {
      await session.nextText()
      await wait(1000)
      session.close()
    }),
  },
  {
    name: 'resumes-and-gone',
    description: '60 such hellos whose connections are reset at once',
    ...resumes(60, async (session) => {
      await wait(20)
      session.network.destroy()
    }),
  },
  {
    name: 'resumes-unread',
    description: '60 such hellos whose connections stay open and read nothing',
    ...resumes(60, async (session) => {
      session.network.pause()
      await wait(30_000)
    }),
  },
  {
    name: 'histories-unread',
    description: '30 sessions ask for pages of large messages, 40 at once, and read nothing',
    prepare: async (stranger) => ({ ...(await largeHistories(stranger)) }),
    run: async (stranger, prepared) => {
      const { token, cursors } = prepared as unknown as Histories
      await stranger.repeat(stranger.count(30), async () => {
        const session = await stranger.session(token)
        session.network.pause()
        for (let i = 0; i < 40; i++) session.send(`2${i}["history",{"conversation":"${cursors[i % cursors.length]![0]}","limit":100}]`)
        await wait(30_000)
      })
    },
  },
  {
    name: 'big-hellos',
    description: '10 connections without a pass repeat 60 kB hellos, of a long pass and of nonsense, 0.4 MB/s together',
    run: repeating(10, { texts: [NONSENSE, BIG_HELLO], bytesPerSecond: 40_000 }),
  },
  {
    name: 'bigger-stream-of-hellos',
    description: '50 connections without a pass repeat them at 20 MB/s together',
    run: repeating(50, { texts: [NONSENSE, BIG_HELLO], bytesPerSecond: 400_000 }),
  },
  {
    name: 'wrong-hellos',
    description: '50 connections send hellos of 100 unknown cursors, 5,000 levels, no pass, and commands before the hello',
    run: repeating(50, {
      bytesPerSecond: 200_000,
      texts: [
        `0${JSON.stringify({ token: noise(100), resume: { cursors: Array.from({ length: 100 }, (_, i) => [`shop:${i}~x`, 'e', 1, 'x']) } })}`,
        `0{"token":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        '0',
        '0{}',
        '27["send",{}]',
        '1',
        '3',
      ],
    }),
  },
  {
    name: 'signed-by-nobody',
    description: '50 connections say hello with well-formed passes that nobody has signed',
    run: async (stranger) => {
      const claims = Buffer.from(JSON.stringify({ sub: 'x', role: 'customer', exp: 4e9 })).toString('base64url')
      const heads = ['HS256', 'RS256', 'none'].map((alg) => Buffer.from(JSON.stringify({ alg, kid: 'k' })).toString('base64url'))
      await stranger.repeat(stranger.count(50), async (worker) => {
        const session = await stranger.connection()
        await session.hello({ token: `${heads[worker % 3]!}.${claims}.${noise(40)}` }).finally(() => session.close())
      })
    },
  },
  {
    name: 'silent-connections',
    description: '2,000 connections are opened and say nothing',
    run: async (stranger) => {
      let left = stranger.count(2000)
      await stranger.repeat(20, async () => {
        if (left-- <= 0) return wait(200)
        return stranger.connection()
      })
    },
  },
  {
    name: 'hello-storm',
    description: '30 guests say hello as fast as they are answered, each on a new connection',
    run: async (stranger) => {
      const tokens = await stranger.guests(stranger.count(30))
      await stranger.repeat(tokens.length, async (worker) => {
        const session = await stranger.connection()
        await session.hello({ token: tokens[worker]!, to: `shop:storm${worker}` }).finally(() => session.close())
      })
    },
  },
]
