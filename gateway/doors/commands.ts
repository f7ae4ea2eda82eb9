/** THE table: command → which roles may → domain call. One row for each command. */
import type { CommandAnswer, CommandInput, Command } from '../protocol/commands.ts'
import type { Presence as WirePresence, Role } from '../protocol/model.ts'
import type { Caller } from '../domain/messaging/access.ts'
import type { Blacklist } from '../domain/desk/blacklist.ts'
import type { CatchUp } from '../domain/messaging/catch-up.ts'
import type { Customers } from '../domain/desk/customers.ts'
import type { Conversations } from '../domain/messaging/conversations.ts'
import type { Focus } from '../domain/presence/focus.ts'
import type { AssignmentSweep } from '../domain/assignment/assignment-sweep.ts'
import type { Messages } from '../domain/messaging/messages.ts'
import type { Notes } from '../domain/desk/notes.ts'
import type { PersonBlocks } from '../domain/messaging/person-blocks.ts'
import type { Presence } from '../domain/presence/presence.ts'
import type { QuickReplies } from '../domain/desk/quick-replies.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Routing } from '../domain/assignment/routing.ts'
import type { Shops } from '../domain/messaging/shops.ts'
import type { Search } from '../domain/messaging/search.ts'
import type { Transfers } from '../domain/assignment/transfers.ts'
import type { Typing } from '../domain/messaging/typing.ts'
import type { Viewing } from '../domain/presence/viewing.ts'
import { checkInput } from './validator.ts'

export interface Domain {
  readonly messages: Messages
  readonly conversations: Conversations
  readonly focus: Focus
  readonly typing: Typing
  readonly presence: Presence
  readonly routing: Routing
  readonly transfers: Transfers
  readonly blacklist: Blacklist
  readonly personBlocks: PersonBlocks
  readonly assignmentSweep: AssignmentSweep
  readonly viewing: Viewing
  readonly customers: Customers
  readonly notes: Notes
  readonly quickReplies: QuickReplies
  readonly search: Search
  readonly catchUp: CatchUp
  readonly shops: Shops
}

/** Whoever sent the command, and what only its session can do. */
export interface Asker extends Caller {
  /** Calls `read` when what this line has asked to read before is read and taken. */
  inTurn<T>(read: () => Promise<T>): Promise<T>
  renew(token: string): Promise<CommandAnswer<'renew'>>
  /** Resolves with who of `sides` is present; changes are pushed from then on. */
  subscribePresence(sides: readonly string[]): Promise<Record<string, WirePresence>>
}

interface Row<C extends Command> {
  readonly roles: readonly Role[]
  /** Its answer may be large: see readings.ts. */
  readonly isReading?: true
  readonly call: (domain: Domain, asker: Asker, input: CommandInput<C>) => Promise<CommandAnswer<C>>
}

const EVERYONE: readonly Role[] = ['customer', 'agent', 'system']

const ROWS: { readonly [C in Command]: Row<C> } = {
  send: { roles: EVERYONE, call: (domain, asker, input) => domain.messages.send(asker, input) },
  history: { roles: EVERYONE, isReading: true, call: (domain, asker, input) => domain.messages.history(asker, input) },
  read: { roles: EVERYONE, call: (domain, asker, input) => domain.messages.read(asker, input) },
  delivered: { roles: EVERYONE, call: (domain, asker, input) => domain.messages.delivered(asker, input) },
  typing: { roles: EVERYONE, call: (domain, asker, input) => domain.typing.set(asker, input) },
  changeUser: { roles: EVERYONE, call: (domain, asker, input) => domain.focus.changeUser(asker, input) },
  conversations: { roles: EVERYONE, isReading: true, call: (domain, asker, input) => domain.conversations.list(asker, input) },
  presence: {
    roles: EVERYONE,
    call: async (domain, asker, { of }) => ({
      ok: true,
      presence: await domain.routing.withLoads(
        asker,
        await asker.subscribePresence(
          await domain.presence.visible(
            asker.identity,
            of.filter((side) => domain.shops.knows(side)),
          ),
        ),
      ),
    }),
  },
  changeStatus: {
    roles: ['agent'],
    call: (domain, asker, input) => domain.presence.changeStatus(asker, input).finally(() => domain.assignmentSweep.hurry(asker.identity.side)),
  },
  queue: { roles: ['agent'], isReading: true, call: (domain, asker, input) => domain.routing.queue(asker, input) },
  claim: { roles: ['agent'], call: (domain, asker, input) => domain.routing.claim(asker, input) },
  close: { roles: ['agent'], call: (domain, asker, input) => domain.routing.close(asker, input) },
  transfer: { roles: ['agent'], call: (domain, asker, input) => domain.transfers.offer(asker, input) },
  acceptTransfer: { roles: ['agent'], call: (domain, asker, input) => domain.transfers.settle(asker, input) },
  block: { roles: ['agent'], call: (domain, asker, input) => domain.blacklist.block(asker, input) },
  unblock: { roles: ['agent'], call: (domain, asker, input) => domain.blacklist.unblock(asker, input) },
  blocked: { roles: ['agent'], isReading: true, call: (domain, asker) => domain.blacklist.all(asker) },
  blockPerson: { roles: ['customer'], call: (domain, asker, input) => domain.personBlocks.block(asker, input) },
  unblockPerson: { roles: ['customer'], call: (domain, asker, input) => domain.personBlocks.unblock(asker, input) },
  blockedPersons: { roles: ['customer'], isReading: true, call: (domain, asker) => domain.personBlocks.all(asker) },
  viewing: { roles: ['customer'], call: (domain, asker, input) => domain.viewing.set(asker, input) },
  search: { roles: EVERYONE, call: (domain, asker, input) => domain.search.find(asker, input) },
  customer: { roles: ['agent'], isReading: true, call: (domain, asker, input) => domain.customers.of(asker, input) },
  notes: { roles: ['agent'], isReading: true, call: (domain, asker, input) => domain.notes.of(asker, input) },
  saveNote: { roles: ['agent'], call: (domain, asker, input) => domain.notes.save(asker, input) },
  quickReplies: { roles: ['agent'], isReading: true, call: (domain, asker) => domain.quickReplies.all(asker) },
  saveQuickReply: { roles: ['agent'], call: (domain, asker, input) => domain.quickReplies.save(asker, input) },
  deleteQuickReply: { roles: ['agent'], call: (domain, asker, input) => domain.quickReplies.delete(asker, input) },
  renew: { roles: EVERYONE, call: (_domain, asker, input) => asker.renew(input.token) },
}

const isCommand = (name: string): name is Command => Object.hasOwn(ROWS, name)

/** A command as it came, unchecked. */
export interface Asked {
  readonly name: string
  readonly input: unknown
}

/** Throws or rejects with a Refusal where the command is refused. */
export function dispatch(domain: Domain, asker: Asker, { name, input }: Asked): Promise<CommandAnswer<Command>> {
  if (!isCommand(name)) throw new Refusal('unknown_command', name.slice(0, 40))
  return perform(domain, asker, { name, input })
}

function perform<C extends Command>(domain: Domain, asker: Asker, { name, input }: { name: C; input: unknown }): Promise<CommandAnswer<C>> {
  const row: Row<C> = ROWS[name]
  checkInput(name, input)
  if (!row.roles.includes(asker.identity.role)) throw new Refusal('forbidden')
  domain.shops.check(input as object)
  if (row.isReading !== true) return row.call(domain, asker, input)
  return asker.inTurn(async () => {
    if (asker.isGone?.() === true) throw new Refusal('hello_required')
    return row.call(domain, asker, input)
  })
}
