/** Decides blocks, as pure functions of the document and the time, as in assignment/routing-decisions.ts. */
import type { Block } from '../../protocol/model.ts'
import { assignmentAt, blockedBy, type AssignmentDocument } from '../assignment/assignment-document.ts'
import { mustBeWritten, type Found } from '../assignment/assignments.ts'
import { Refusal } from '../refusal.ts'
import { isInvisible } from '../untrusted-text.ts'

/** The latest time that a Date can hold. */
const LATEST = 8_640_000_000_000_000

/** Refuses a block without a visible reason, or with an end in the past. */
export function mustBeBlock({ reason, at, until }: Block): void {
  if (isInvisible(reason)) throw new Refusal('bad_request', 'reason is empty')
  if (until !== undefined && (until <= at || until > LATEST)) throw new Refusal('bad_request', 'until is not in the future')
}

/** A different block replaces the present one; the same again changes nothing. */
export function decideBlock(found: Found, wanted: Block): AssignmentDocument | undefined {
  mustBeWritten(found)
  const { blocked } = assignmentAt(found.document, found.now)
  return blocked !== undefined && isSame(blocked, wanted) ? undefined : blockedBy(found.document, wanted)
}

/** Also removes an expired block. */
export const decideUnblock = ({ document }: Found): AssignmentDocument | undefined =>
  document.service.blocked === undefined ? undefined : blockedBy(document, undefined)

const isSame = (a: Block, b: Block): boolean => a.by.id === b.by.id && a.reason === b.reason && a.until === b.until
