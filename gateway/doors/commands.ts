/** THE table: command → which roles may → domain call. One row for each command. */
import { COMMANDS, type CommandAnswer, type CommandInput, type Command } from '../protocol/commands.ts'
import type { Presence as WirePresence, Role } from '../protocol/model.ts'
import type { Caller } from '../domain/messaging/access.ts'
import type { Blacklist } from '../domain/desk/blacklist.ts'
import type { Cards } from '../domain/messaging/cards.ts'
import type { CatchUp } from '../domain/messaging/catch-up.ts'
import type { CustomerData } from '../domain/customer-data/assemble-customer-data.ts'
import type { Customers } from '../domain/desk/customers.ts'
import type { ConversationPages } from '../domain/messaging/conversation-pages.ts'
import type { Conversations } from '../domain/messaging/conversations.ts'
import type { Focus } from '../domain/presence/focus.ts'
import type { AssignmentSweep } from '../domain/assignment/assignment-sweep.ts'
import type { Merges } from '../domain/messaging/merges.ts'
import type { Messages } from '../domain/messaging/messages.ts'
import type { Notes } from '../domain/desk/notes.ts'
import type { PersonBlocks } from '../domain/messaging/person-blocks.ts'
import type { Presence } from '../domain/presence/presence.ts'
import type { Ratings } from '../domain/assignment/ratings.ts'
import type { Reports } from '../domain/assignment/reports.ts'
import type { QuickReplies } from '../domain/desk/quick-replies.ts'
import { ackPacket } from '../protocol/packet.ts'
import { sendAckPacket } from '../protocol/packets.ts'
import { jsonOf } from '../domain/answer-size.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Routing } from '../domain/assignment/routing.ts'
import type { Shops } from '../domain/messaging/shops.ts'
import type { ShopRecords } from '../domain/messaging/shop-records.ts'
import type { Search } from '../domain/messaging/search.ts'
import type { Tags } from '../domain/assignment/tags.ts'
import type { Transfers } from '../domain/assignment/transfers.ts'
import type { Typing } from '../domain/messaging/typing.ts'
import type { Viewing } from '../domain/presence/viewing.ts'
import type { Withdrawals } from '../domain/messaging/withdrawals.ts'
import type { Waits } from '../domain/assignment/waits.ts'
import { check } from './validator.ts'

export interface Domain extends CustomerData {
  readonly messages: Messages
  readonly withdrawals: Withdrawals
  readonly conversations: Conversations
  readonly conversationPages: ConversationPages
  readonly merges: Merges
  readonly tags: Tags
  readonly focus: Focus
  readonly typing: Typing
  readonly presence: Presence
  readonly routing: Routing
  readonly transfers: Transfers
  readonly blacklist: Blacklist
  readonly personBlocks: PersonBlocks
  readonly assignmentSweep: AssignmentSweep
  readonly viewing: Viewing
  readonly waits: Waits
  readonly customers: Customers
  readonly cards: Cards
  readonly ratings: Ratings
  readonly reports: Reports
  readonly notes: Notes
  readonly quickReplies: QuickReplies
  readonly search: Search
  readonly catchUp: CatchUp
  readonly shops: Shops
  readonly shopRecords: ShopRecords
}

/** The sender of a command, with what only its session can do. */
export interface SessionCaller extends Caller {
  /** Calls `read` once the session's earlier reads have ended and the client has taken their answers. */
  inTurn<T>(read: () => Promise<T>): Promise<T>
  renew(token: string): Promise<CommandAnswer<'renew'>>
  /** Resolves with who of `sides` is present; changes are pushed from then on. */
  subscribePresence(sides: readonly string[]): Promise<Record<string, WirePresence>>
}

interface Row<C extends Command> {
  readonly roles: readonly Role[]
  /** See read-queue.ts. */
  readonly hasLargeAnswer?: true
  readonly call: (domain: Domain, caller: SessionCaller, input: CommandInput<C>) => Promise<CommandAnswer<C>>
}

const EVERYONE: readonly Role[] = ['customer', 'agent', 'system']

const ROWS: { readonly [C in Command]: Row<C> } = {
  send: { roles: EVERYONE, call: (domain, caller, input) => domain.messages.send(caller, input) },
  history: { roles: EVERYONE, hasLargeAnswer: true, call: (domain, caller, input) => domain.messages.history(caller, input) },
  withdraw: { roles: EVERYONE, call: (domain, caller, input) => domain.withdrawals.withdraw(caller, input) },
  read: { roles: EVERYONE, call: (domain, caller, input) => domain.messages.read(caller, input) },
  delivered: { roles: EVERYONE, call: (domain, caller, input) => domain.messages.delivered(caller, input) },
  typing: { roles: EVERYONE, call: (domain, caller, input) => domain.typing.set(caller, input) },
  changeUser: { roles: EVERYONE, call: (domain, caller, input) => domain.focus.changeUser(caller, input) },
  conversations: { roles: EVERYONE, hasLargeAnswer: true, call: (domain, caller, input) => domain.conversations.list(caller, input) },
  presence: {
    roles: EVERYONE,
    call: async (domain, caller, { of }) => ({
      ok: true,
      presence: await domain.routing.withLoads(
        caller,
        await caller.subscribePresence(
          await domain.presence.visible(
            caller,
            of.filter((side) => domain.shops.knows(side)),
          ),
        ),
      ),
    }),
  },
  place: { roles: ['customer'], call: (domain, caller, input) => domain.waits.placeOf(caller, input) },
  mayRate: { roles: ['customer'], call: (domain, caller, input) => domain.ratings.mayRate(caller, input) },
  rate: { roles: ['customer'], call: (domain, caller, input) => domain.ratings.rate(caller, input) },
  changeStatus: {
    roles: ['agent'],
    call: (domain, caller, input) => domain.presence.changeStatus(caller, input).finally(() => domain.assignmentSweep.hurry(caller.identity.side)),
  },
  queue: { roles: ['agent'], hasLargeAnswer: true, call: (domain, caller, input) => domain.routing.queue(caller, input) },
  claim: { roles: ['agent'], call: (domain, caller, input) => domain.routing.claim(caller, input) },
  close: { roles: ['agent'], call: (domain, caller, input) => domain.routing.close(caller, input) },
  transfer: { roles: ['agent'], call: (domain, caller, input) => domain.transfers.offer(caller, input) },
  requestTransfer: { roles: ['agent'], call: (domain, caller, input) => domain.transfers.request(caller, input) },
  acceptTransfer: { roles: ['agent'], call: (domain, caller, input) => domain.transfers.answer(caller, input) },
  block: { roles: ['agent'], call: (domain, caller, input) => domain.blacklist.block(caller, input) },
  unblock: { roles: ['agent'], call: (domain, caller, input) => domain.blacklist.unblock(caller, input) },
  blocked: { roles: ['agent'], hasLargeAnswer: true, call: (domain, caller) => domain.blacklist.all(caller) },
  blockPerson: { roles: ['customer'], call: (domain, caller, input) => domain.personBlocks.block(caller, input) },
  unblockPerson: { roles: ['customer'], call: (domain, caller, input) => domain.personBlocks.unblock(caller, input) },
  blockedPersons: { roles: ['customer'], hasLargeAnswer: true, call: (domain, caller) => domain.personBlocks.all(caller) },
  viewing: { roles: ['customer'], call: (domain, caller, input) => domain.viewing.set(caller, input) },
  card: { roles: EVERYONE, call: (domain, caller, input) => domain.cards.of(caller, input) },
  search: { roles: EVERYONE, call: (domain, caller, input) => domain.search.find(caller, input) },
  customer: { roles: ['agent'], hasLargeAnswer: true, call: (domain, caller, input) => domain.customers.of(caller, input) },
  report: { roles: ['agent'], hasLargeAnswer: true, call: (domain, caller, input) => domain.reports.of(caller, input) },
  notes: { roles: ['agent'], hasLargeAnswer: true, call: (domain, caller, input) => domain.notes.of(caller, input) },
  saveNote: { roles: ['agent'], call: (domain, caller, input) => domain.notes.save(caller, input) },
  quickReplies: { roles: ['agent'], hasLargeAnswer: true, call: (domain, caller) => domain.quickReplies.all(caller) },
  saveQuickReply: { roles: ['agent'], call: (domain, caller, input) => domain.quickReplies.save(caller, input) },
  deleteQuickReply: { roles: ['agent'], call: (domain, caller, input) => domain.quickReplies.delete(caller, input) },
  renew: { roles: EVERYONE, call: (_domain, caller, input) => caller.renew(input.token) },
}

type Run<C extends Command> = (domain: Domain, caller: SessionCaller, input: unknown) => Promise<CommandAnswer<C>>

/** By name, so that a command is looked up once. */
const RUNS: ReadonlyMap<string, Run<Command>> = new Map((Object.keys(ROWS) as Command[]).map((name) => [name, runOf(name)]))

function runOf<C extends Command>(name: C): Run<C> {
  const { roles, hasLargeAnswer, call }: Row<C> = ROWS[name]
  const checkInput = check(COMMANDS[name].input)
  return (domain, caller, unchecked) => {
    checkInput(unchecked)
    if (!roles.includes(caller.identity.role)) throw new Refusal('forbidden')
    const input = unchecked as CommandInput<C>
    domain.shops.check(input as object)
    if (hasLargeAnswer !== true) return call(domain, caller, input)
    return caller.inTurn(async () => {
      if (caller.isGone?.() === true) throw new Refusal('hello_required')
      return call(domain, caller, input)
    })
  }
}

/** The packet of a command's answer. */
export function answerPacket(name: string, id: number, answer: CommandAnswer<Command>): string {
  if (name === 'send') return sendAckPacket(id, answer as CommandAnswer<'send'>)
  return ROWS[name as Command].hasLargeAnswer === true ? largeAckPacket(id, answer) : ackPacket(id, answer)
}

/** The same text as `ackPacket` makes; what was measured is not made into JSON again. */
function largeAckPacket(id: number, answer: object): string {
  const parts = Object.entries(answer).flatMap(([name, part]) => {
    const json = jsonOf(part)
    return json === undefined ? [] : `${JSON.stringify(name)}:${json}`
  })
  return `3${id}[{${parts.join(',')}}]`
}

/** Checks and runs a command as it arrived. Throws or rejects with a Refusal if it is refused. */
export function runCommand(domain: Domain, caller: SessionCaller, name: string, input: unknown): Promise<CommandAnswer<Command>> {
  const run = RUNS.get(name)
  if (run === undefined) throw new Refusal('unknown_command', name.slice(0, 40))
  return run(domain, caller, input)
}
