import { html, nothing, type TemplateResult } from 'lit'
import type { Assignment } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { timeSpan } from '../../locales/time-span.ts'
import { isolated } from '../../ui/isolated.ts'
import { repeat } from '../../ui/keyed-list.ts'
import type { DeskContext } from '../desk-context.ts'
import { countdown } from './countdown.ts'

export interface AssignmentBarView {
  readonly strings: DeskStrings
  readonly lang: string
  readonly now: number
  readonly me: string | undefined
  readonly service: Assignment
  /** A colleague who writes here right now. */
  readonly answering: string | undefined
  readonly isBusy: boolean
  /** Its agent is there: only they can give it away. */
  readonly isHeld: boolean
  readonly urgency: DeskContext['urgency']
  readonly time: (at: number) => string
  readonly onClaim: () => void
  readonly onClose: () => void
  readonly onTransfer: () => void
  readonly onAsk: () => void
  /** Cancels one's own offer or request. */
  readonly onTakeBack: () => void
  readonly onUnblock: () => void
}

/** In the head: whose the conversation is, and the actions on it. */
export function assignmentBar(view: AssignmentBarView): TemplateResult {
  const {
    answering,
    service: { blocked, phase },
    strings,
  } = view
  const state = blocked ? 'blocked' : view.service.transfer ? 'offered' : phase
  const pressing = state === 'waiting' ? view.urgency(view.now - view.service.since) : undefined
  return html`<div class="service" part="service" data-test="service" data-state=${state} role="group" aria-label=${strings.service}>
    <span class="service-word" data-urgency=${pressing ?? nothing} dir="auto">${sentence(view)}</span>
    ${
      answering === undefined
        ? nothing
        : html`<span class="answering" data-test="answering" dir="auto"
      >${isolated(strings.isAnswering, { name: answering })}</span>`
    }
    <span class="service-acts">${repeat(
      actions(view),
      ({ name }) => name,
      ({ name, onClick, text }) =>
        html`<button type="button" class="act" data-test=${name} ?disabled=${view.isBusy} @click=${onClick}>${text}</button>`,
    )}</span>
  </div>`
}

const called = (person: { readonly id: string; readonly name?: string } | undefined): string => (person ? (person.name ?? person.id) : '')

function sentence({ lang, me, now, service, strings, time }: AssignmentBarView): TemplateResult | string {
  const { agent, blocked, phase, since, transfer } = service
  if (blocked) {
    const until = blocked.until === undefined ? strings.forEver : fill(strings.until, { at: time(blocked.until) })
    return isolated(strings.isBlocked, { name: called(blocked.by), until, reason: blocked.reason })
  }
  if (transfer?.isRequest) {
    const isMine = transfer.to.id === me
    const words = isolated(isMine ? strings.isAskedByMe : strings.isAsked, { name: called(isMine ? transfer.from : transfer.to) })
    return html`${words} · ${countdown(transfer, now, strings)}`
  }
  if (transfer) {
    const name = called(transfer.to)
    const words =
      transfer.from.id === me ? isolated(strings.isOfferedByMe, { name }) : isolated(strings.isOffered, { from: called(transfer.from), name })
    return html`${words} · ${countdown(transfer, now, strings)}`
  }
  if (phase === 'open') return agent?.id === me ? strings.isMine : isolated(strings.isTheirs, { name: called(agent) })
  if (phase === 'closed') return agent ? isolated(strings.isClosedBy, { name: called(agent) }) : strings.isClosed
  const duration = timeSpan(now - since, lang)
  return duration ? fill(strings.isWaitingFor, { duration }) : strings.isWaiting
}

interface Act {
  readonly name: string
  readonly text: string
  readonly onClick: () => void
}

/** Keyed by name, so that no button turns into another one under the finger. */
function actions(view: AssignmentBarView): readonly Act[] {
  const { me, service, strings } = view
  const { agent, blocked, phase, transfer } = service
  const act = (name: string, text: string, onClick: () => void): Act => ({ name, text, onClick })
  if (blocked) return [act('unblock', strings.unblock, view.onUnblock)]
  if (transfer?.isRequest && transfer.to.id === me) return [act('take-back', strings.cancelAsk, view.onTakeBack)]
  if (transfer?.isRequest && transfer.from.id === me) return [act('close', strings.closeIt, view.onClose)]
  if (transfer?.from.id === me) return [act('take-back', strings.takeBack, view.onTakeBack)]
  if (transfer) return []
  if (phase === 'waiting') return [act('claim', strings.claim, view.onClaim), act('close', strings.closeIt, view.onClose)]
  if (phase === 'closed') return [act('claim', strings.reopen, view.onClaim)]
  if (agent?.id !== me) return [view.isHeld ? act('ask', strings.ask, view.onAsk) : act('claim', strings.takeOver, view.onClaim)]
  return [act('transfer', strings.transfer, view.onTransfer), act('close', strings.closeIt, view.onClose)]
}
