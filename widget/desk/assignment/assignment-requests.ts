import type { ConversationRow, Assignment, Transfer } from '../../../gateway/protocol/model.ts'
import type { Command, CommandAnswer, CommandInput } from '../../../gateway/protocol/commands.ts'
import type { PushData } from '../../../gateway/protocol/pushes.ts'
import type { ListingPerson } from '../../client/types.ts'
import { commandRefusal, type CommandRefusal } from '../../mailbox/command-refusal.ts'
import { ClientFollower } from '../../ui/client-follower.ts'

const QUEUE_COUNT = 500

export interface AssignmentRequestsOptions {
  readonly host: ConstructorParameters<typeof ClientFollower>[0]
  readonly rows: () => readonly ConversationRow[]
  readonly onOutcome: (push: PushData<'transferPush'>) => void
  readonly onRefused: (refusal: CommandRefusal) => void
}

export interface Offered {
  readonly row: ConversationRow
  readonly transfer: Transfer
}

type AssignmentCommand = {
  [C in Command]: CommandAnswer<C> extends { service: Assignment } ? C : never
}[Command]

/**
 * The assignment of the conversations. Everything is read from the rows, which pushes keep up to date, so it survives a lost connection and
 * is the same in all windows; only the outcome of a transfer is a push of its own, because a row cannot say how it came to be.
 */
export class AssignmentRequests extends ClientFollower<ListingPerson> {
  readonly #options: AssignmentRequestsOptions
  readonly #busy = new Set<string>()
  /** Transfers that this window accepted, declined or cancelled: it shows no toast for their outcome. */
  readonly #answered = new Set<string>()

  constructor(options: AssignmentRequestsOptions) {
    super(options.host)
    this.#options = options
  }

  /** What colleagues offer to `me` or ask of me, longest waiting first. */
  offersTo(me: string | undefined): readonly Offered[] {
    const offers: Offered[] = []
    for (const row of this.#options.rows()) {
      const transfer = row.service?.transfer
      if (transfer && (transfer.isRequest ? transfer.from : transfer.to).id === me) offers.push({ row, transfer })
    }
    return offers.sort((a, b) => a.transfer.at - b.transfer.at)
  }

  /** A request has no answer yet. */
  isBusy(conversation: string): boolean {
    return this.#busy.has(conversation)
  }

  /** Sends the command and shows the new state at once. Resolves with whether the gateway carried it out. `quiet`: the caller says why not. */
  async change<C extends AssignmentCommand>(
    row: ConversationRow,
    command: C,
    input: CommandInput<C>,
    mode: 'loud' | 'quiet' = 'loud',
  ): Promise<boolean> {
    const { client } = this
    if (!client || this.isBusy(row.conversation)) return false
    this.#busy.add(row.conversation)
    if ('transfer' in input) this.#answered.add(input.transfer)
    this.update()
    try {
      const before = this.#row(row)
      const { service } = (await client.request(command, input)) as { service: Assignment }
      if (client !== this.client) return false
      const held = this.#row(row)
      // what was pushed meanwhile is this change or a later one, which the answer must not undo
      if (held.service === before.service) client.inbox.add([{ ...held, service }])
      return true
    } catch (error) {
      if (client !== this.client) return false
      if (mode === 'loud') this.#options.onRefused(commandRefusal(error))
      this.ask()
      return false
    } finally {
      if (client === this.client) this.#busy.delete(row.conversation)
      this.update()
    }
  }

  /** The current assignment. */
  #row(row: ConversationRow): ConversationRow {
    return this.#options.rows().find(({ conversation }) => conversation === row.conversation) ?? row
  }

  protected override follow(client: ListingPerson): readonly (() => void)[] {
    return [
      client.onPush('transferPush', (push) => {
        const { by, state, transfer } = push
        const { from, isRequest, to } = transfer
        const me = client.identity.value?.id
        const [starter, asked] = isRequest ? [to, from] : [from, to]
        // who started it may have ended it in another window; that is no answer
        const isNews = starter.id === me ? state !== 'offered' && by?.id !== me : asked.id === me && state === 'expired'
        if (isNews && !this.#answered.has(transfer.id)) this.#options.onOutcome(push)
      }),
    ]
  }

  protected override forget(): void {
    this.#busy.clear()
    this.#answered.clear()
  }

  /** Conversations that are not closed may lie far below the newest page. */
  protected override ask(): void {
    const { client } = this
    if (!client || client.identity.value?.role !== 'agent') return
    client.request('queue', { limit: QUEUE_COUNT }).then(({ conversations }) => client.inbox.add(conversations), this.askLater)
  }
}
