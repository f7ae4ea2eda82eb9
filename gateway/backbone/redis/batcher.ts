import { Unavailable } from '../backbone.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { Lane, Pending } from './op.ts'

/** One command of a batch and whose operations it carries. */
interface Call {
  readonly script: Pending['op']['script']
  readonly members: { readonly lane: Lane; readonly pending: Pending }[]
  readonly isAsking: boolean
}

export interface BatcherOptions {
  readonly connection: RedisConnection
  /** Operations of different keys may share a script call. Not in a Cluster: a script reaches one slot. */
  readonly merges: boolean
  /** WAIT until a replica has the batch, at most so long; undefined = do not. */
  readonly replicaWaitMs: number | undefined
  /** Called for every lane of a batch that came back. What was answered or refused has left its queue. */
  readonly onReturn: (lane: Lane, error: Error | undefined) => void
}

/** Weight of one batch; about 5 ms of a server's time. */
const BATCH_WEIGHT = 200

/**
 * Sends at once when nothing is in flight; what gathers meanwhile goes as the next batch. No timer: an idle line costs no
 * latency, a busy one makes its own batches.
 */
export class Batcher {
  readonly #options: BatcherOptions
  #ready: Lane[] = []
  #isFlying = false

  constructor(options: BatcherOptions) {
    this.#options = options
    options.connection.on('lost', () => this.#refuse())
  }

  add(lane: Lane): void {
    this.#ready.push(lane)
    this.#flush()
  }

  #flush(): void {
    if (this.#isFlying || this.#ready.length === 0) return
    if (this.#options.connection.problem !== undefined) return this.#refuse()
    const { lanes, calls } = this.#take()
    this.#isFlying = true
    void this.#fly(calls)
      .catch((error: unknown) => part(calls, error as Error))
      .then((errors) => {
        this.#isFlying = false
        for (const lane of lanes) this.#options.onReturn(lane, errors.get(lane))
        this.#flush()
      })
  }

  #refuse(): void {
    const refused = this.#ready
    this.#ready = []
    for (const lane of refused) {
      const why = new Unavailable(`Redis: ${this.#options.connection.problem ?? 'the connection was lost'}`)
      for (const { reject } of lane.queue.splice(0)) reject(why)
      this.#options.onReturn(lane, undefined)
    }
  }

  #take(): { lanes: Lane[]; calls: Call[] } {
    const lanes: Lane[] = []
    const calls: Call[] = []
    let weight = 0
    while (this.#ready.length > 0 && weight < BATCH_WEIGHT) {
      const lane = this.#ready.shift()!
      lanes.push(lane)
      let last: Call | undefined
      for (const pending of lane.queue) {
        if (weight > 0 && (pending.isAlone || weight + pending.op.weight > BATCH_WEIGHT)) break
        weight += pending.isAlone ? BATCH_WEIGHT : pending.op.weight
        let call = (this.#options.merges ? calls : last === undefined ? [] : [last]).find((one) => fits(one, pending))
        if (call === undefined) calls.push((call = { script: pending.op.script, members: [], isAsking: lane.isAsking }))
        call.members.push({ lane, pending })
        last = call
      }
      lane.isAsking = false
    }
    return { lanes, calls }
  }

  /** Settles what can be settled; resolves with the errors of lanes whose remaining operations may go again. */
  async #fly(calls: readonly Call[]): Promise<Map<Lane, Error>> {
    const { connection, replicaWaitMs } = this.#options
    const commands = calls.flatMap((call) => (call.isAsking ? [['ASKING'], commandOf(call)] : [commandOf(call)]))
    if (replicaWaitMs !== undefined) commands.push(['WAIT', '1', String(replicaWaitMs)])
    const replies = await connection.send(commands)
    const waited = replicaWaitMs === undefined ? 1 : replies.pop()
    const errors = new Map<Lane, Error>()
    let at = 0
    for (const call of calls) {
      if (call.isAsking) at++
      const reply = replies[at++]
      if (reply instanceof Error) fail(call, reply, errors)
      else if (!(Number(waited) >= 1)) refuse(call, new Unavailable('Redis: no replica has confirmed it yet'))
      else settle(call, reply)
    }
    return errors
  }
}

const fits = ({ script, members }: Call, { op, isAlone }: Pending): boolean =>
  script !== undefined && script === op.script && !isAlone && !members[0]!.pending.isAlone

function commandOf({ script, members }: Call): string[] {
  if (script === undefined) return [...members[0]!.pending.op.args]
  const keys = members.flatMap(({ pending }) => pending.op.keys)
  const command = ['EVALSHA', script.sha, String(keys.length)]
  for (const key of keys) command.push(key)
  for (const word of script.head) command.push(word)
  for (const { pending } of members) for (const arg of pending.op.args) command.push(arg)
  return command
}

/** A bug on the way, and nobody knows whose: each goes again by itself, all being idempotent, and one that is by itself is refused. */
function part(calls: readonly Call[], error: Error): Map<Lane, Error> {
  const members = calls.flatMap((call) => call.members)
  if (members.length === 1) refuse(calls[0]!, error)
  else for (const { pending } of members) pending.isAlone = true
  return new Map()
}

function leave({ lane, pending }: Call['members'][number]): void {
  const at = lane.queue.indexOf(pending)
  if (at >= 0) lane.queue.splice(at, 1)
}

function settle(call: Call, reply: unknown): void {
  const rows = call.script === undefined ? [reply] : (reply as unknown[])
  call.members.forEach((member, i) => {
    leave(member)
    try {
      member.pending.resolve(member.pending.op.parse(rows[i]))
    } catch (error) {
      member.pending.reject(error as Error)
    }
  })
}

function refuse(call: Call, error: Error): void {
  for (const member of call.members) {
    leave(member)
    member.pending.reject(error)
  }
}

/** Answers that say "elsewhere" or "not yet": the operations stay in their lanes and go again. */
const AGAIN = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|NOSCRIPT)\b/

function fail(call: Call, error: Error, errors: Map<Lane, Error>): void {
  const isReply = error.name === 'ReplyError'
  if (isReply && AGAIN.test(error.message)) {
    for (const { lane } of call.members) errors.set(lane, error)
  } else if (isReply && call.members.length > 1) {
    // One bad operation must not take the others with it; all are idempotent, so each goes again by itself.
    for (const { pending } of call.members) pending.isAlone = true
  } else refuse(call, error)
}
