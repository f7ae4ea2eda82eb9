/**
 * The head of a conversation's log, as Redis stores it and compares it: one line for the log, then what `setAssignment` stored.
 *
 *     <stamp> <epoch> <seq> <at> <written by side one> <by side two> <sole side> <id of the last entry as JSON>
 *     <version> <phase>
 *     <until, - for ever> <muted side>
 *
 * The first line is empty before the first entry, the others are absent before the first assignment. A stamp is new with each write, so two heads
 * that are equal are one write, and below it lies the same log.
 */
export interface LogHead extends HeadLine {
  readonly text: string
  readonly assignment: AssignmentHead
}

/** What the first line says. */
export interface HeadLine {
  readonly stamp: string
  readonly epoch: string
  /** 0: no entry. */
  readonly seq: number
  readonly at: number
  /** The last seq that each side wrote: its cursor is there at least. */
  readonly written: readonly [number, number]
  /** '1' or '2', the only side that has written in a conversation that may be forgotten; '0': it stays. */
  readonly soleSide: SoleSide
  /** As JSON; '' before the first entry. */
  readonly id: string
}

export type SoleSide = '0' | '1' | '2'

export interface AssignmentHead {
  readonly text: string
  /** '' where none was stored. */
  readonly phase: string
  readonly muted: readonly { readonly side: string; readonly until: number | undefined }[]
}

const FOR_EVER = '-'

const NO_ASSIGNMENT: AssignmentHead = { text: '', phase: '', muted: [] }

const NO_LINE: HeadLine = { stamp: '', epoch: '', seq: 0, at: -Infinity, written: [0, 0], soleSide: '0', id: '' }

export const NO_HEAD: LogHead = { ...NO_LINE, text: '', assignment: NO_ASSIGNMENT }

const LINE = /^(\S+) (\S+) (\d+) (\S+) (\d+) (\d+) ([012]) ([^\n]*)/

export function parseHead(text: string): LogHead {
  if (text === '') return NO_HEAD
  const end = text.indexOf('\n')
  return { ...parseHeadLine(text), text, assignment: end < 0 ? NO_ASSIGNMENT : parseAssignment(text.slice(end)) }
}

/** Of a whole head. */
export function parseHeadLine(text: string): HeadLine {
  const found = LINE.exec(text)
  if (found === null) return NO_LINE
  const [, stamp, epoch, seq, at, one, two, soleSide, id] = found as unknown as string[]
  return {
    stamp: stamp!,
    epoch: epoch!,
    seq: Number(seq),
    at: Number(at),
    written: [Number(one), Number(two)],
    soleSide: soleSide as SoleSide,
    id: id!,
  }
}

export function headAfter(before: LogHead, next: Pick<LogHead, 'epoch' | 'at' | 'soleSide' | 'id'> & { readonly by: 0 | 1 | undefined }): LogHead {
  const { epoch, at, soleSide, id, by } = next
  const { assignment } = before
  const stamp = newStamp()
  const seq = before.seq + 1
  const written = [by === 0 ? seq : before.written[0], by === 1 ? seq : before.written[1]] as const
  // a template of so many parts makes a string for each on the way
  const line = [stamp, epoch, seq, at, written[0], written[1], soleSide, id].join(' ')
  const text = assignment.text === '' ? line : line + assignment.text
  return { text, stamp, epoch, seq, at, written, soleSide, id, assignment }
}

/** The lines behind the first, as `setAssignment` stores them. */
export const assignmentLines = (version: string, phase: string, muted: readonly { readonly side: string; readonly until?: number }[]): string =>
  `\n${version} ${phase}${muted.map(({ side, until }) => `\n${until ?? FOR_EVER} ${side}`).join('')}`

function parseAssignment(text: string): AssignmentHead {
  const [, first = '', ...rest] = text.split('\n')
  const muted = rest.map((line) => {
    const space = line.indexOf(' ')
    const until = line.slice(0, space)
    return { side: line.slice(space + 1), until: until === FOR_EVER ? undefined : Number(until) }
  })
  return { text, phase: first.slice(first.indexOf(' ') + 1), muted }
}

export const STAMP_LENGTH = 9
const STAMP_COUNT = 36 ** 5
const PROCESS = Array.from({ length: 4 }, () => Math.floor(Math.random() * 36).toString(36)).join('')
let stampCount = 0

export function newStamp(): string {
  stampCount = (stampCount + 1) % STAMP_COUNT
  return PROCESS + stampCount.toString(36).padStart(5, '0')
}

/** Whether a stamp, or the stored entry that it begins, was written by this process. */
export const isOfThisProcess = (stamp: string): boolean => stamp.startsWith(PROCESS)
