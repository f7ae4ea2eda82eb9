/** What a block makes of a conversation's document, decided on the document and the time alone; as in assignment/routing-decisions.ts. */
import type { Block } from '../../protocol/model.ts'
import { assignmentAt, blockedBy, type AssignmentDocument } from '../assignment/assignment-document.ts'
import { mustBeWritten, type Found } from '../assignment/assignments.ts'
import { Refusal } from '../refusal.ts'
import { isInvisible } from '../untrusted-text.ts'

/** The end of time as dates know it. */
const LATEST = 8_640_000_000_000_000

/** Refuses one that says nothing, or that ends before it begins. */
export function mustBeBlock({ reason, at, until }: Block): void {
  if (isInvisible(reason)) throw new Refusal('bad_request', 'reason is empty')
  if (until !== undefined && (until <= at || until > LATEST)) throw new Refusal('bad_request', 'until is not in the future')
}

/** Another block takes the place of the one that stands; the same again changes nothing. */
export function decideBlock(found: Found, wanted: Block): AssignmentDocument | undefined {
  mustBeWritten(found)
  const { blocked } = assignmentAt(found.document, found.now)
  return blocked !== undefined && isSame(blocked, wanted) ? undefined : blockedBy(found.document, wanted)
}

/** One that has ended is taken out as well. */
export const decideUnblock = ({ document }: Found): AssignmentDocument | undefined =>
  document.service.blocked === undefined ? undefined : blockedBy(document, undefined)

const isSame = (a: Block, b: Block): boolean => a.by.id === b.by.id && a.reason === b.reason && a.until === b.until
