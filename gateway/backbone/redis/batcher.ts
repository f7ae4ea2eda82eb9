import { Unavailable } from '../backbone.ts'
import type { RedisConnection } from './redis-connection.ts'
import { AGAIN, type Lane, type Pending } from './op.ts'

/** One command of a batch, and the operations it carries. */
interface Call {
  readonly script: Pending['op']['script']
  readonly members: { readonly lane: Lane; readonly pending: Pending }[]
  readonly isAsking: boolean
  /** Its place among the batch's calls. */
  readonly number: number
}

export interface BatcherOptions {
  readonly connection: RedisConnection
  /** Operations whose keys have the same group may share a script call: in a Cluster a script reaches one slot. */
  readonly groupOf: (key: string) => number
  /** Ms to WAIT for a replica to confirm the batch; undefined: do not wait. */
  readonly replicaWaitMs: number | undefined
  /** Called for every lane of a batch that has returned; answered and refused operations have left its queue by then. */
  readonly onReturn: (lane: Lane, error: Error | undefined) => void
}

/** The most one batch may weigh: about 5 ms of a server's time. */
const BATCH_WEIGHT = 200

/**
 * Sends at once when nothing is in flight; operations that arrive meanwhile form the next batch. No timer: an idle connection
 * adds no latency, a busy one batches by itself.
 */
export class Batcher {
  readonly #options: BatcherOptions
  #ready: Lane[] = []
  #isInFlight = false

  constructor(options: BatcherOptions) {
    this.#options = options
    options.connection.on('lost', () => this.#refuse())
  }

  add(lane: Lane): void {
    this.#ready.push(lane)
    this.#flush()
  }

  #flush(): void {
    if (this.#isInFlight || this.#ready.length === 0) return
    if (this.#options.connection.problem !== undefined) return this.#refuse()
    const { lanes, calls } = this.#take()
    this.#isInFlight = true
    void this.#send(calls)
      .catch((error: unknown) => retryAlone(calls, error as Error))
      .then((errors) => {
        this.#isInFlight = false
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
    /** By script and group, the call that takes more operations. */
    const open = new Map<string, Call>()
    let weight = 0
    while (this.#ready.length > 0 && weight < BATCH_WEIGHT) {
      const lane = this.#ready.shift()!
      lanes.push(lane)
      const group = this.#options.groupOf(lane.key)
      let last = 0
      for (const pending of lane.queue) {
        if (weight > 0 && (pending.isAlone || weight + pending.op.weight > BATCH_WEIGHT)) break
        weight += pending.isAlone ? BATCH_WEIGHT : pending.op.weight
        pending.op.prepare?.(lanes)
        const { script } = pending.op
        const name = script === undefined ? undefined : `${script.name} ${group} ${pending.isApart ? lane.key : ''}`
        let call = name === undefined ? undefined : open.get(name)
        // not in a call before that of its predecessor
        if (call === undefined || pending.isAlone || call.isAsking !== lane.isAsking || call.number < last) {
          call = { script, members: [], isAsking: lane.isAsking, number: calls.length }
          calls.push(call)
          if (name !== undefined) open.set(name, call)
        }
        call.members.push({ lane, pending })
        last = call.number
      }
      lane.isAsking = false
    }
    return { lanes, calls }
  }

  /** Settles what it can; resolves with the errors of the lanes whose remaining operations are to be retried. */
  async #send(calls: readonly Call[]): Promise<Map<Lane, Error>> {
    const { connection, replicaWaitMs } = this.#options
    const commands = calls.flatMap((call) => (call.isAsking ? [['ASKING'], commandOf(call)] : [commandOf(call)]))
    if (replicaWaitMs !== undefined) commands.push(['WAIT', '1', String(replicaWaitMs)])
    const replies = await connection.send(commands)
    const replicaCount = replicaWaitMs === undefined ? 1 : replies.pop()
    const errors = new Map<Lane, Error>()
    let at = 0
    for (const call of calls) {
      if (call.isAsking) at++
      const reply = replies[at++]
      if (reply instanceof Error) fail(call, reply, errors)
      else if (!(Number(replicaCount) >= 1)) refuse(call, new Unavailable('Redis: no replica has confirmed it yet'))
      else settle(call, reply)
    }
    return errors
  }
}

function commandOf({ script, members }: Call): string[] {
  if (script === undefined) return [...members[0]!.pending.op.args]
  if (script.compose !== undefined) {
    const words = script.compose(
      script.head,
      members.map(({ pending }) => pending.op),
    )
    return ['EVALSHA', script.sha, ...words]
  }
  const keys = members.flatMap(({ pending }) => pending.op.keys)
  const command = ['EVALSHA', script.sha, String(keys.length)]
  for (const key of keys) command.push(key)
  for (const arg of script.head) command.push(arg)
  for (const { pending } of members) for (const arg of pending.op.args) command.push(arg)
  return command
}

/** Sending threw, and which operation is to blame is unknown: each is sent again alone (all are idempotent); one that was alone is refused. */
function retryAlone(calls: readonly Call[], error: Error): Map<Lane, Error> {
  const members = calls.flatMap((call) => call.members)
  if (members.length === 1) refuse(calls[0]!, error)
  else for (const { pending } of members) pending.isAlone = true
  return new Map()
}

function dequeue({ lane, pending }: Call['members'][number]): void {
  const at = lane.queue.indexOf(pending)
  if (at >= 0) lane.queue.splice(at, 1)
}

function settle(call: Call, reply: unknown): void {
  const rows = call.script === undefined ? [reply] : (reply as unknown[])
  call.members.forEach((member, i) => {
    const { pending } = member
    try {
      const value = pending.op.parse(rows[i])
      if (value === AGAIN) return
      dequeue(member)
      pending.resolve(value)
    } catch (error) {
      dequeue(member)
      pending.reject(error as Error)
    }
  })
}

function refuse(call: Call, error: Error): void {
  for (const member of call.members) {
    dequeue(member)
    member.pending.reject(error)
  }
}

/** Replies that say "elsewhere" or "not yet": the operations stay in their lanes and are retried. */
const RETRYABLE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|NOSCRIPT)\b/

function fail(call: Call, error: Error, errors: Map<Lane, Error>): void {
  const isReply = error.name === 'ReplyError'
  if (isReply && RETRYABLE.test(error.message)) {
    for (const { lane, pending } of call.members) {
      errors.set(lane, error)
      // the slot moves, and the keys of one conversation are on another server than those of the next
      pending.isApart = true
    }
  } else if (isReply && call.members.length > 1) {
    // One bad operation must not fail the others; all are idempotent, so each is sent again alone.
    for (const { pending } of call.members) pending.isAlone = true
  } else refuse(call, error)
}
