/**
 * The latest steps of a conversation with a shop. They are part of the assignment's document, so that a step is stored together with its change,
 * or not at all.
 */
import type { AssignmentDocument } from '../assignment/assignment-document.ts'
import type { PastEvent } from './webhook-target.ts'

/** Steps in one document; each has some 100 bytes, and a reason of 500 characters at most. */
const KEPT_COUNT = 12

/** The next document with the steps that lead to it. `after`: the number of the last message. */
export function withHistory(
  before: AssignmentDocument,
  next: AssignmentDocument,
  { after, now }: { after: number; now: number },
): AssignmentDocument {
  const past = before.past ?? []
  const first = (past.at(-1)?.n ?? 0) + 1
  const added = stepsBetween(before, next).map((step, i) => ({ n: first + i, ...step, after, at: now }))
  if (past.length + added.length === 0) return next
  return { ...next, past: [...past, ...added].slice(-KEPT_COUNT) }
}

type Step = Pick<PastEvent, 'type' | 'agent' | 'reason' | 'until' | 'score' | 'text'>

function stepsBetween({ service: before }: AssignmentDocument, { service: next }: AssignmentDocument): Step[] {
  const steps: Step[] = []
  if (before.phase === 'closed' && next.phase !== 'closed') steps.push({ type: 'opened' })
  if (next.phase === 'open' && next.agent !== undefined && !(before.phase === 'open' && before.agent?.id === next.agent.id)) {
    steps.push({ type: 'assigned', agent: next.agent })
  }
  if (before.phase !== 'closed' && next.phase === 'closed') {
    steps.push(next.agent === undefined ? { type: 'closed' } : { type: 'closed', agent: next.agent })
  }
  if (next.rating !== undefined && next.rating.at !== before.rating?.at) {
    const { score, text } = next.rating
    steps.push({
      type: 'rated',
      score,
      ...(text === undefined ? undefined : { text }),
      ...(next.agent === undefined ? undefined : { agent: next.agent }),
    })
  }
  if (JSON.stringify(before.blocked) === JSON.stringify(next.blocked)) return steps
  if (next.blocked === undefined) return [...steps, { type: 'unblocked' }]
  const { by, reason, until } = next.blocked
  return [...steps, { type: 'blocked', agent: by, reason, ...(until === undefined ? undefined : { until }) }]
}
