import { html, nothing, type TemplateResult } from 'lit'
import type { ConversationRow, Person } from '../../../gateway/protocol/model.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { timeSpan } from '../../locales/time-span.ts'
import { isolated } from '../../ui/isolated.ts'
import type { DeskContext } from '../desk-context.ts'
import { cut } from '../../ui/cut.ts'

export interface AssignmentMarkView {
  readonly me: string | undefined
  readonly now: number
  readonly lang: string
  readonly strings: DeskStrings
  readonly urgency: DeskContext['urgency']
}

const NAME_LENGTH = 40

const called = ({ id, name = id }: Person): string => cut(name, NAME_LENGTH)

/** In a row of the list: the assignee, or how long the conversation waits. The agent's own have no mark. */
export function assignmentMark({ service }: ConversationRow, view: AssignmentMarkView): TemplateResult | typeof nothing {
  if (!service) return nothing
  const { lang, me, now, strings, urgency } = view
  const { agent, blocked, phase, since, transfer } = service
  const mark = (state: string, text: string | TemplateResult, pressing?: string): TemplateResult =>
    html`<span class="entry-mark" data-test="mark" data-state=${state} data-urgency=${pressing ?? nothing} dir="auto">${text}</span>`
  if (blocked) return mark('blocked', strings.blocked)
  if (transfer?.isRequest) return mark('offered', isolated(strings.isAsked, { name: called(transfer.to) }))
  if (transfer) return mark('offered', isolated(strings.offered, { name: called(transfer.to) }))
  if (phase === 'waiting') return mark('waiting', timeSpan(now - since, lang) ?? strings.waiting, urgency(now - since))
  if (phase === 'closed') return mark('closed', strings.closed)
  return agent && agent.id !== me ? mark('open', called(agent)) : nothing
}
