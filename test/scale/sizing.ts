import type { Costs } from './costs.ts'

export interface Demand {
  /** Connected at the same time. */
  readonly people: number
  /** Of one person. */
  readonly messagesPerMinute: number
  /** Nodes, besides the writer's, that have to hear a message. */
  readonly heardBy: number
  /** Sessions that a message goes to. */
  readonly sessions: number
  /** How long a session lasts: each begins with a connect. */
  readonly sessionMinutes: number
  readonly keepDays: number
  /** Hours a day in which people are there as `people` says. */
  readonly busyHours: number
}

export interface Size {
  readonly messagesPerSecond: number
  readonly nodes: number
  readonly masters: number
  readonly nodeGigabytes: number
  /** Of all masters together, without replicas. */
  readonly redisGigabytes: number
  readonly megabitsPerSecond: number
}

/** Of a core, so that what a lost node leaves behind, and what a wave brings, finds room. */
const LOAD_MAX = 0.5
/** A node that serves more than this on one core is slow to drain and to come back, whatever its load. */
const SESSIONS_MAX = 100_000
/** Memory of one Redis server; a larger one takes long to copy to a new replica. */
const MASTER_GIGABYTES = 32
const SUBSCRIPTIONS_OF_A_SIDE = 4

/** What so many people need, from the costs of single operations; at least two nodes, of which one may go. */
export function sizeFor(costs: Costs, demand: Demand): Size {
  const messagesPerSecond = (demand.people * demand.messagesPerMinute) / 60
  const connectsPerSecond = demand.people / (demand.sessionMinutes * 60)
  const nodeMicros =
    messagesPerSecond * (costs.sendMicros + demand.heardBy * costs.hearMicros + Math.max(0, demand.sessions - demand.heardBy) * costs.frameMicros) +
    connectsPerSecond * costs.connectMicros
  const redisMicros =
    messagesPerSecond * (costs.entryMicros + Math.max(0, demand.heardBy - 1) * costs.publishMicros + costs.callMicros / BATCH_GUESS) +
    connectsPerSecond * costs.connectRedisMicros
  const stored = messagesPerSecond * 3600 * demand.busyHours * demand.keepDays * costs.storedBytes
  const redisGigabytes = (stored + demand.people * SUBSCRIPTIONS_OF_A_SIDE * costs.channelBytes) / 1e9
  const nodes = Math.max(2, Math.ceil(nodeMicros / 1e6 / LOAD_MAX), Math.ceil(demand.people / SESSIONS_MAX) + 1)
  return {
    messagesPerSecond,
    nodes,
    masters: Math.max(1, Math.ceil(redisMicros / 1e6 / LOAD_MAX), Math.ceil(redisGigabytes / MASTER_GIGABYTES)),
    nodeGigabytes: 0.15 + ((demand.people / (nodes - 1)) * costs.sessionBytes) / 1e9,
    redisGigabytes,
    megabitsPerSecond: (messagesPerSecond * (costs.sentBytes + demand.sessions * costs.receivedBytes) * 8) / 1e6,
  }
}

/** Messages in one call to Redis when a node is half busy; the simulation says it more exactly. */
const BATCH_GUESS = 4
