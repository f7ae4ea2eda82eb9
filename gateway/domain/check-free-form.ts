/** Refuses data of free form that is over the protocol's limits, before anybody walks it or makes JSON of it. Returns it as JSON. */
import { freeFormFault } from '../protocol/free-form.ts'
import { LIMITS } from '../protocol/limits.ts'
import { Refusal } from './refusal.ts'

export function checkFreeForm(name: string, value: unknown): string {
  const fault = freeFormFault(value, { depth: LIMITS.bodyDepth, count: LIMITS.bodyCount })
  if (fault === 'depth') throw new Refusal('bad_request', `${name} nests deeper than limits.bodyDepth, ${LIMITS.bodyDepth}`)
  if (fault === 'count') throw new Refusal('bad_request', `${name} has more properties and items than limits.bodyCount, ${LIMITS.bodyCount}`)
  // it is flat enough by now
  const json = JSON.stringify(value) ?? ''
  if (Buffer.byteLength(json) > LIMITS.bodyBytes) throw new Refusal('too_large', `${name}: limits.bodyBytes is ${LIMITS.bodyBytes}`)
  return json
}
