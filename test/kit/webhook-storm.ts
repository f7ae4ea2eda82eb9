/** Many messages in many conversations through the REST door, each sent again until it is answered, and the count of what a consumer got of them. */
import { readFile } from 'node:fs/promises'
import { spawnEnding } from './ends-with-us.ts'
import { eventually } from './redis.ts'

export const STORM_KEY = 'the-key-of-the-storm'

export interface Storm {
  /** The gateways at this moment; each message goes to one of them. */
  readonly urls: () => readonly string[]
  readonly conversationCount: number
  /** Messages in each conversation. */
  readonly eachCount: number
  /** Called after each answered message with how many there are. */
  readonly onSent?: (count: number) => void
}

export async function storm({ urls, conversationCount, eachCount, onSent }: Storm): Promise<void> {
  let sent = 0
  const headers = { authorization: `Bearer ${STORM_KEY}`, 'content-type': 'application/json' }
  const send = async (conversation: string, n: number): Promise<number> => {
    const body = JSON.stringify({ conversation, id: `m${n}`, kind: 'text', body: { text: `message ${n}` } })
    const all = urls()
    return (await fetch(`${all[n % all.length]!}/v1/messages`, { method: 'POST', headers, body })).status
  }
  const conversation = async (id: string): Promise<void> => {
    for (let n = 1; n <= eachCount; n++) {
      await eventually(
        () => send(id, n),
        (status) => status === 200,
        60_000,
      )
      onSent?.(++sent)
    }
  }
  await Promise.all(Array.from({ length: conversationCount }, (_, i) => conversation(`shop:1~c${i}`)))
}

export interface Tally {
  /** Different events. */
  readonly count: number
  /** Deliveries of an event that was delivered before. */
  readonly repeated: number
  /** Events that came before one that is older in their conversation. */
  readonly misplaced: number
}

export async function tally(file: string): Promise<Tally> {
  const highest = new Map<string, number>()
  const ids = new Set<string>()
  let [repeated, misplaced] = [0, 0]
  for (const line of (await readFile(file, 'utf8').catch(() => '')).split('\n')) {
    const [id, conversation, number] = line.split('\t')
    if (number === undefined) continue
    const before = highest.get(conversation!) ?? 0
    if (ids.has(id!)) repeated++
    else if (Number(number) !== before + 1) misplaced++
    ids.add(id!)
    highest.set(conversation!, Math.max(before, Number(number)))
  }
  return { count: ids.size, repeated, misplaced }
}

/** A consumer that is a process; resolves when it listens, with what kills it. */
export function spawnConsumer(port: number, file: string): Promise<() => Promise<void>> {
  const child = spawnEnding(process.execPath, ['test/kit/consumer-process.mjs', String(port), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return new Promise((resolve) => {
    child.stdout!.once('data', () =>
      resolve(() => {
        child.kill('SIGKILL')
        return gone
      }),
    )
  })
}
