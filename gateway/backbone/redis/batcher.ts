import { Unavailable } from '../backbone.ts'
import { BatchCall, PlainCommand } from './batch-call.ts'
import { isOfServer } from './failure.ts'
import type { RedisConnection } from './redis-connection.ts'
import { AGAIN } from './op.ts'
import type { Lane, Pending } from './pending.ts'

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
 * Sends what is ready at the end of a turn of the event loop; while a batch is in flight, at the end of the turn in which it comes back. There is no
 * timer: an idle connection adds no latency, a busy one makes larger batches by itself. Nothing is sent within the turn, although Redis could begin
 * earlier: a turn reads from many sockets, and all but its first message would wait for that one's reply.
 */
export class Batcher {
  readonly #options: BatcherOptions
  #ready: Lane[] = []
  #isInFlight = false
  #isScheduled = false

  constructor(options: BatcherOptions) {
    this.#options = options
    options.connection.on('lost', () => this.#refuse())
  }

  add(lane: Lane): void {
    this.#ready.push(lane)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isInFlight || this.#isScheduled || this.#ready.length === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
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
        for (const lane of lanes) {
          lane.removeSettled()
          this.#options.onReturn(lane, errors?.get(lane))
        }
        this.#schedule()
      })
  }

  #refuse(): void {
    const refused = this.#ready
    this.#ready = []
    for (const lane of refused) {
      const why = new Unavailable(`Redis: ${this.#options.connection.problem ?? 'the connection was lost'}`)
      lane.refuse(why)
      this.#options.onReturn(lane, undefined)
    }
  }

  #take(): { lanes: Lane[]; calls: BatchCall[] } {
    const calls: BatchCall[] = []
    // a mere mark: logs remember the batch they were in, and must not keep its operations in memory
    const batch = {}
    let count = 0
    let weight = 0
    while (count < this.#ready.length && weight < BATCH_WEIGHT) {
      const lane = this.#ready[count++]!
      const group = this.#options.groupOf(lane.key)
      let last = 0
      for (let pending = lane.first; pending !== undefined; pending = pending.next) {
        if (weight > 0 && (pending.isAlone || weight + pending.op.weight > BATCH_WEIGHT)) break
        weight += pending.isAlone ? BATCH_WEIGHT : pending.op.weight
        pending.op.prepare?.(batch)
        last = callFor(pending, group, calls, last)
        calls[last]!.members.push(pending)
        if (pending.op.isLast === true) break
      }
      lane.isAsking = false
    }
    return { lanes: this.#ready.splice(0, count), calls }
  }

  /** Settles what it can; resolves with the errors of the lanes whose remaining operations are to be retried, if there are any. */
  async #send(calls: readonly BatchCall[]): Promise<Map<Lane, Error> | undefined> {
    const { connection, replicaWaitMs } = this.#options
    const commands = calls.flatMap((call) => (call.isAsking ? [ASKING, call] : [call]))
    const replies = await connection.send(
      replicaWaitMs === undefined ? commands : [...commands, new PlainCommand(['WAIT', '1', String(replicaWaitMs)])],
    )
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

const ASKING = new PlainCommand(['ASKING'])

/** Index of the call that takes the operation: `last`, the call of the one before it in its lane, or a later one. */
function callFor(pending: Pending, group: number, calls: BatchCall[], last: number): number {
  const { op, lane, isAlone, isApart } = pending
  const { script } = op
  if (script !== undefined && !isAlone) {
    for (let i = calls.length - 1; i >= last; i--) if (calls[i]!.takes(script, isApart ? lane : group, lane.isAsking)) return i
  }
  return calls.push(new BatchCall(script, isApart ? lane : group, lane.isAsking)) - 1
}

/** Sending threw, and nobody knows for which operation: each is sent again alone (all are idempotent); one that was alone is refused. */
function retryAlone(calls: readonly BatchCall[], error: Error): undefined {
  const members = calls.flatMap((call) => call.members)
  if (members.length === 1) members[0]!.refuse(error)
  else for (const pending of members) pending.isAlone = true
}

function settle({ script, members }: BatchCall, reply: unknown): void {
  // one value is for all: the driver spends more on each item of a list than the node on the answer it becomes
  const isForEach = script !== undefined && Array.isArray(reply)
  for (let i = 0; i < members.length; i++) {
    const pending = members[i]!
    try {
      const value = pending.op.parse(isForEach ? (reply as unknown[])[i] : reply)
      if (value !== AGAIN) pending.answer(value)
    } catch (error) {
      pending.refuse(error)
    }
  }
}

function refuse({ members }: BatchCall, error: Error): void {
  for (const pending of members) pending.refuse(error)
}

/** Error replies that say "elsewhere" or "not yet": the operations stay in their lanes and are retried. */
const RETRYABLE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|NOSCRIPT)\b/

function fail(call: BatchCall, error: Error, errors: Map<Lane, Error>): void {
  const isReply = error.name === 'ReplyError'
  if (isReply && RETRYABLE.test(error.message)) {
    for (const pending of call.members) {
      errors.set(pending.lane, error)
      // while a slot moves, the keys of two conversations may be on two servers
      pending.isApart = true
    }
  } else if (isReply && call.members.length > 1 && !isOfServer(error)) {
    // One bad operation must not fail the others; all are idempotent, so each is sent again alone.
    for (const pending of call.members) pending.isAlone = true
  } else refuse(call, error)
}
