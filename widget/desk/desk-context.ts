import type { Emit } from '../chat/element-events.ts'
import type { ConversationRow } from '../../gateway/protocol/model.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { desk as en } from '../locales/en/desk.ts'
import { commandRefusal, type CommandRefusal } from '../mailbox/command-refusal.ts'
import type { MailboxHost } from '../mailbox/mailbox-host.ts'
import type { MailboxView } from '../mailbox/mailbox-view.ts'
import { languageOf } from '../ui/language-of.ts'
import { Toast } from '../ui/toast.ts'
import { Dialogs } from './dialogs.ts'

export type DeskDialog = 'sheet' | 'block' | 'transfer' | 'blocked' | 'replies' | 'several'

export interface DeskContextOptions {
  readonly element: MailboxHost
  readonly view: MailboxView
  /** Dispatches an event at the element. */
  readonly emit: Emit
  /** How pressing a wait of so many ms is, by the page's settings. */
  readonly urgency: (waitMs: number) => 'amber' | 'red' | undefined
}

/**
 * What the element gives to each of its features: the list and the open conversation, the strings, the one dialog and the one toast.
 * A feature knows this and nothing of the other features.
 */
export class DeskContext {
  readonly element: MailboxHost
  readonly view: MailboxView
  readonly emit: Emit
  readonly urgency: DeskContextOptions['urgency']
  readonly toast: Toast
  readonly dialogs: Dialogs<DeskDialog>

  constructor({ element, emit, urgency, view }: DeskContextOptions) {
    this.urgency = urgency
    this.element = element
    this.view = view
    this.emit = emit
    this.toast = new Toast(element)
    this.dialogs = new Dialogs<DeskDialog>(element, () => this.toast.dismiss())
  }

  get words(): DeskStrings {
    return languageOf('desk', en, this.element).texts
  }

  /** The agent's own participant id; undefined until the gateway has sent it. */
  get me(): string | undefined {
    return this.view.mailbox.identity?.id
  }

  /** The row of the open conversation. */
  get row(): ConversationRow | undefined {
    return this.view.row
  }

  /** The row of the conversation that the open dialog is about. */
  get dialogRow(): ConversationRow | undefined {
    return this.view.mailbox.rows.find(({ conversation }) => conversation === this.dialogs.about)
  }

  /** Date and time of something that may be long ago or far ahead. */
  readonly moment = (at: number): string => {
    try {
      return new Intl.DateTimeFormat(this.view.language.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(at)
    } catch {
      return new Date(at).toLocaleString()
    }
  }

  /** The gateway refused what the agent did, or nobody answered. */
  readonly refused = (error: unknown): void => this.sayRefusal(commandRefusal(error))

  readonly sayRefusal = (refusal: CommandRefusal): void => {
    this.toast.say({ text: this.words.refusals[refusal], isFailure: true })
  }
}
