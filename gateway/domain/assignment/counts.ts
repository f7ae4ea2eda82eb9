/**
 * What is counted of a shop's conversations in a day, as pure functions: numbers that add up whoever counted them, so that nodes count for themselves
 * and add what they have to what is stored.
 */
import type { Person, ReportFigures } from '../../protocol/model.ts'

/** How many spans of time fell into each class, by class. */
export type Times = Record<string, number>

export interface Counts {
  conversations: number
  /** Closed although nobody had answered. */
  missed: number
  closed: number
  /** From the customer's first message to the first answer. */
  answers: Times
  /** From the beginning of a wait for an agent to its end. */
  waits: Times
  /** How many customers gave one, two, … five. */
  ratings: number[]
}

export interface DayCounts extends Counts {
  readonly agents: Record<string, AgentCounts>
}

export interface AgentCounts extends Counts {
  name?: string
}

/** Agents of one shop and day who have figures of their own; more are part of the shop's only. */
const AGENT_COUNT = 100
/** A class ends a quarter above the one before, so that a percentile is at most a quarter too long. */
const RATIO = 1.25
const FIRST_MS = 1000
/** The last class ends after eighteen days. */
const LAST_CLASS = 64

export const noCounts = (): Counts => ({ conversations: 0, missed: 0, closed: 0, answers: {}, waits: {}, ratings: [0, 0, 0, 0, 0] })
export const noDay = (): DayCounts => ({ ...noCounts(), agents: {} })

export function addTime(times: Times, ms: number): void {
  const at = Math.min(LAST_CLASS, Math.max(0, Math.ceil(Math.log(Math.max(1, ms) / FIRST_MS) / Math.log(RATIO))))
  times[at] = (times[at] ?? 0) + 1
}

/** The counts of one of its agents; undefined where there are too many. */
export function agentCounts({ agents }: DayCounts, { id, name }: Person): AgentCounts | undefined {
  const key = keyOf(id)
  if (agents[key] === undefined && Object.keys(agents).length >= AGENT_COUNT) return undefined
  const counts = (agents[key] ??= noCounts())
  if (name !== undefined) counts.name = name
  return counts
}

export function add(into: DayCounts, from: DayCounts): void {
  addCounts(into, from)
  for (const [key, { name, ...counts }] of Object.entries(from.agents)) {
    const one = agentCounts(into, { id: idOf(key), ...(name === undefined ? undefined : { name }) })
    if (one !== undefined) addCounts(one, counts)
  }
}

function addCounts(into: Counts, from: Counts): void {
  for (const name of ['conversations', 'missed', 'closed'] as const) into[name] += from[name]
  for (const name of ['answers', 'waits'] as const) {
    for (const [at, count] of Object.entries(from[name])) into[name][at] = (into[name][at] ?? 0) + count
  }
  from.ratings.forEach((count, i) => (into.ratings[i]! += count))
}

export function figuresOf({ conversations, missed, closed, answers, waits, ratings }: Counts): ReportFigures {
  const [answer, wait] = [spanOf(answers), spanOf(waits)]
  return {
    conversations,
    missed,
    closed,
    ratings,
    ...(answer === undefined ? undefined : { answer }),
    ...(wait === undefined ? undefined : { wait }),
  }
}

export const agentsOf = ({ agents }: DayCounts): (ReportFigures & Person)[] =>
  Object.entries(agents).map(([key, { name, ...counts }]) => ({
    id: idOf(key),
    ...(name === undefined ? undefined : { name }),
    ...figuresOf(counts),
  }))

function spanOf(times: Times): ReportFigures['answer'] {
  const classes = Object.entries(times).map(([at, count]) => [Number(at), count] as const)
  classes.sort(([a], [b]) => a - b)
  const all = classes.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return undefined
  const percentile = (share: number): number => {
    let left = Math.ceil(all * share)
    const found = classes.find(([, count]) => (left -= count) <= 0)!
    return Math.round(FIRST_MS * RATIO ** found[0])
  }
  return { p50: percentile(0.5), p90: percentile(0.9) }
}

/** An id may be the name of a property that every object has. */
const keyOf = (id: string): string => `.${id}`
const idOf = (key: string): string => key.slice(1)
