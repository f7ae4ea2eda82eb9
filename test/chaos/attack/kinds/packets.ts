/** Attacks with packets in a guest's session: deep, wide or fast ones. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import type { Attack } from '../attack.ts'
import type { StrangerSession } from '../stranger-session.ts'
import type { Stranger } from '../stranger.ts'

/** Unanswered commands of one session. */
const WINDOW = 20
/** Bytes that may wait in this machine's socket buffer. */
const BACKLOG_BYTES = 1_000_000

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const nestedObjects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const manyKeys = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"key${i}":${i}`).join()}}`
const wide = (count: number): string => `[${'0,'.repeat(count - 1)}0]`
/** A long text in which every character needs cleaning. */
const hostileText = (length: number): string => '\\u202e\\u0000['.repeat(length / 13)

/** Runs `act` in `count` guests' sessions, as fast as each answers; opens a new session when the gateway closes one. */
export async function onSessions(
  stranger: Stranger,
  {
    count,
    act,
  }: {
    readonly count: number
    readonly act: (session: StrangerSession, worker: number) => Promise<unknown>
  },
): Promise<void> {
  const tokens = await stranger.guests(Math.min(stranger.count(count), 20))
  await stranger.repeat(stranger.count(count), async (worker) => {
    const session = await stranger.session(tokens[worker % tokens.length]!)
    while (session.isOpen && !stranger.isOver()) await act(session, worker)
  })
}

let next = 0
const sendOf = (extra: string, text = 'x'): string => `{"to":"shop:attacked","id":"m${next++}","kind":"text","body":{"text":"${text}","x":${extra}}}`

/** Sends commands with these inputs, `WINDOW` at once, until the attack ends. */
const commands =
  (count: number, command: string, inputs: readonly (() => string)[]): Attack['run'] =>
  (stranger) =>
    onSessions(stranger, {
      count,
      act: (session) => Promise.all(Array.from({ length: WINDOW }, (_, i) => session.ask(command, inputs[i % inputs.length]!()))),
    })

/** Sends raw texts as fast as they leave this machine, whatever comes back. */
export const flood =
  (count: number, text: (at: number) => string | Buffer): Attack['run'] =>
  (stranger) =>
    onSessions(stranger, {
      count,
      act: async (session) => {
        for (let i = 0; i < 100 && session.backlog < BACKLOG_BYTES; i++) session.send(text(next++))
        // lets this machine read what comes back
        await (session.backlog < BACKLOG_BYTES ? turn() : wait(5))
      },
    })

export const packetAttacks: readonly Attack[] = [
  {
    name: 'deep-bodies',
    description: '10 sessions send bodies that nest 5,000 deep, of arrays and of objects',
    run: commands(10, 'send', [() => sendOf(nested(5000)), () => sendOf(nestedObjects(5000))]),
  },
  {
    name: 'deeper-bodies',
    description: '10 sessions send bodies that nest 30,000 and 100,000 deep',
    run: commands(10, 'send', [() => sendOf(nested(30_000)), () => sendOf(nested(100_000))]),
  },
  {
    name: 'deep-elsewhere',
    description: '10 sessions send such depth as a product looked at, with a change of partner, in place of an id',
    run: (stranger, prepared) =>
      commands(10, stranger.isOver() ? 'send' : 'viewing', [
        () => `{"to":"shop:attacked","product":{"name":"x","id":"1","x":${nested(5000)}}}`,
        () => nested(5000),
        () => `{"to":${nestedObjects(5000)}}`,
      ])(stranger, prepared),
  },
  {
    name: 'deep-change-user',
    description: '10 sessions change their partner with data that nests 1,500 deep and with 4 kB of keys',
    run: commands(10, 'changeUser', [() => `{"toid":"shop:1","x":${nested(1500)}}`, () => `{"toid":"shop:1","x":${manyKeys(250)}}`]),
  },
  {
    name: 'wide-bodies',
    description: '10 sessions send bodies of 4,000 keys, of 30,000 items, of 60 kB of control signs',
    run: commands(10, 'send', [() => sendOf(manyKeys(4000)), () => sendOf(wide(30_000)), () => sendOf('1', hostileText(60_000))]),
  },
  {
    name: 'no-packets',
    description: '10 sessions send what is no packet: 64 kB of brackets, half JSON, binary, unknown commands',
    run: flood(10, (at) => [nested(30_000), '2["send",{"to":', Buffer.alloc(1000), '2["__proto__",{}]', '2/admin,["x"]', '451-["x"]'][at % 6]!),
  },
  {
    name: 'rate-limited-for-ever',
    description: '20 sessions send commands and never wait, whatever they are told',
    run: flood(20, (at) => `2${at % 100_000}["conversations",{}]`),
  },
  {
    name: 'large-commands',
    description: '20 sessions send 60 kB commands and never wait',
    run: flood(20, (at) => `2${at % 100_000}["send",${sendOf('1', 'x'.repeat(60_000))}]`),
  },
  {
    name: 'too-large-packets',
    description: '10 sessions send packets of 2 MB, which are refused',
    run: flood(10, () => `27["send",{"x":"${'x'.repeat(2_000_000)}"}]`),
  },
  {
    name: 'fragments',
    description: '20 sessions send one message in fragments of a byte that never ends, and pings between',
    run: (stranger) =>
      onSessions(stranger, {
        count: 20,
        act: async (session) => {
          for (let i = 0; i < 500 && session.backlog < BACKLOG_BYTES; i++) session.sendFragment(i % 2 === 0 ? '' : 'x', false)
          for (let i = 0; i < 50; i++) session.ping()
          await turn()
        },
      }),
  },
]
