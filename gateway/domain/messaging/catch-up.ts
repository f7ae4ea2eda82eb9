/**
 * What a session missed: compares the cursors of its hello with the logs. Callers begin to subscribe first, then call this.
 *
 * `since` reads one entry of each conversation to decide its status; `missed` then reads the missing entries, one portion at a time, as the
 * session accepts them. No resume is held in memory as a whole, and nothing is read for a session that has ended.
 */
import type { Page, Store } from '../../backbone/backbone.ts'
import type { ResumeCursor, Resumed } from '../../protocol/commands.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { isGuestId } from '../../protocol/keys.ts'
import type { Identity, Message } from '../../protocol/model.ts'
import { access, type SideView } from './access.ts'
import { jsonBytes } from '../answer-size.ts'
import { isBlocking, nameIn } from './conversations.ts'
import { Refusal } from '../refusal.ts'
import { blockOf } from './standing-block.ts'

export interface CaughtUp {
  readonly resumed: Resumed
  /** The client lacks everything above this seq, or (absent) the newest page. */
  readonly above?: number
  /** Why the gateway refuses what this side writes here. */
}

/** Some of the messages that a session missed. */
export interface Portion {
  readonly conversation: string
  /** Ascending. */
  readonly messages: readonly Message[]
  /** This is the conversation's last portion although messages are still missing. */
  readonly more: boolean
}

const NEWEST_COUNT = 30
const PORTION_COUNT = 64
const PORTION_BYTES = 131_072
/** Logs read at once: one after the other would cost a round trip each, all together the memory of all. */
const AT_ONCE = 8

export class CatchUp {
  readonly #store: Store
  readonly #now: () => number

  constructor(options: { store: Store; now: () => number }) {
    this.#store = options.store
    this.#now = options.now
  }

  /** Opens `to` as well. `behind`: the channel to which the session subscribes meanwhile. Leaves out conversations that are not (or no longer) the caller's. Stops reading once `isWanted` returns false. */
  async since(
    identity: Identity,
    hello: { cursors: readonly ResumeCursor[]; to: string | undefined; isWanted?: () => boolean; behind?: string },
  ): Promise<CaughtUp[]> {
    const wanted = new Map<string, { view: SideView; cursor: ResumeCursor }>()
    for (const cursor of hello.cursors) {
      const view = accessible(identity, cursor[0])
      if (view !== undefined) wanted.set(view.conversation, { view, cursor })
    }
    if (hello.to !== undefined) {
      const view = access(identity, { to: hello.to })
      if (!wanted.has(view.conversation)) wanted.set(view.conversation, { view, cursor: [view.conversation, '', 0, ''] })
    }
    const all = [...wanted.values()]
    const caughtUp: CaughtUp[] = []
    for (let at = 0; at < all.length && hello.isWanted?.() !== false; at += AT_ONCE) {
      caughtUp.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(({ view, cursor }) => this.#one(view, cursor, hello.behind)))))
    }
    return caughtUp
  }

  /** Yields the missing entries, one conversation after the other: at most `limits.answerBytes` of each, `limits.resumeBytes` of all. */
  async *missed(all: readonly CaughtUp[]): AsyncGenerator<Portion> {
    let left: number = LIMITS.resumeBytes
    for (const one of all) {
      const {
        resumed: { conversation, head },
        above,
      } = one
      let seq = above ?? 0
      let own: number = LIMITS.answerBytes
      while (seq < head.seq) {
        const room = Math.min(own, left)
        // one more entry might not fit
        const messages = room < LIMITS.packetBytes ? [] : await this.#portion(one, seq, room)
        const last = messages.at(-1)
        const bytes = messages.reduce((sum, message) => sum + jsonBytes(message), 0)
        own -= bytes
        left -= bytes
        const more = last === undefined
        yield { conversation, messages, more }
        if (more) break
        seq = above === undefined ? head.seq : last.seq
      }
    }
  }

  async #portion({ resumed: { conversation, head }, above }: CaughtUp, seq: number, room: number): Promise<readonly Message[]> {
    const page = await this.#store.read(
      conversation,
      above === undefined
        ? { before: head.seq + 1, limit: NEWEST_COUNT, bytes: room }
        : { after: seq, limit: Math.min(PORTION_COUNT, head.seq - seq), bytes: Math.min(room, PORTION_BYTES) },
    )
    return page.head.epoch === head.epoch ? page.messages : []
  }

  async #one(view: SideView, [conversation, epoch, seq, lastId]: ResumeCursor, behind: string | undefined): Promise<CaughtUp> {
    // reads the client's last entry again: its id tells whether both have the same log
    const range = { after: Math.max(0, seq - 1), limit: 1 }
    const page = await this.#store.read(conversation, behind === undefined ? range : { ...range, behind })
    return this.#caughtUp(view, page, decideResume(page, { epoch, seq, lastId }))
  }

  #caughtUp(view: SideView, page: Page, { status, above }: Resume): CaughtUp {
    const name = nameIn(page.names, view.theirs)
    const blocked = blockOf({ conversation: view.conversation, side: view.mine, assignment: page.assignment }, this.#now())
    const resumed: Resumed = {
      conversation: view.conversation,
      to: view.theirs,
      status,
      head: page.head,
      cursors: { ...page.cursors },
      ...(name === undefined ? undefined : { name }),
      ...(isGuestId(view.theirs) ? { guest: true as const } : undefined),
      ...(isBlocking(view.mine, { conversation: view.conversation, ...page }) ? { blocking: true as const } : undefined),
      ...(blocked === undefined ? undefined : { blocked }),
    }
    return { resumed, ...(above === undefined ? undefined : { above }) }
  }
}

interface Resume {
  readonly status: Resumed['status']
  /** What is sent lies above it; absent: the newest page is. */
  readonly above?: number
}

/**
 * How somebody goes on who has the log `epoch` up to `seq`, whose last entry is `lastId`; 0: nothing. `page` is read from that entry on: its id
 * tells whether both know the same log.
 */
export function decideResume(
  { head, messages: [known] }: Pick<Page, 'head' | 'messages'>,
  { epoch, seq, lastId }: { readonly epoch: string; readonly seq: number; readonly lastId: string },
): Resume {
  if (seq === 0) {
    // somebody who knows the log, and whose entries may all have changed meanwhile, lacks them like any that were missed
    const most = epoch !== '' && epoch === head.epoch ? LIMITS.missedCount : NEWEST_COUNT
    const isWhole = head.seq === 0 || (known?.seq === 1 && head.seq <= most)
    return isWhole ? { status: 'follows', above: 0 } : { status: 'reload' }
  }
  const isTrimmed = known?.seq !== seq
  const isOther = head.epoch !== epoch || head.seq < seq || (!isTrimmed && known.id !== lastId)
  if (isOther) return { status: 'diverged', above: head.seq }
  return isTrimmed || head.seq - seq > LIMITS.missedCount ? { status: 'reload' } : { status: 'follows', above: seq }
}

function accessible(identity: Identity, conversation: string): SideView | undefined {
  try {
    return access(identity, { conversation })
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
