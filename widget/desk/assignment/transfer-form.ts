import { html, nothing, type TemplateResult } from 'lit'
import type { Status } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { avatar } from '../../ui/avatar.ts'
import { repeat } from '../../ui/keyed-list.ts'
import { submitting } from '../../ui/submitting.ts'

export interface Agent {
  readonly id: string
  readonly name?: string
  readonly status: Status
  readonly load?: number
}

export interface TransferFormView {
  readonly strings: DeskStrings
  /** The shop's other agents. */
  readonly agents: readonly Agent[]
  readonly isBusy: boolean
  readonly onTransfer: (choice: { readonly to: string; readonly note: string }) => void
}

const NOTE_LENGTH = 500
const RANK: Readonly<Record<Status, number>> = { online: 0, busy: 1, away: 2, offline: 3 }

/** Transfers to a colleague, who must accept, or back to the queue. The most available colleague with the least to do comes first. */
export function transferForm({ agents, isBusy, onTransfer, strings }: TransferFormView): TemplateResult {
  const submit = submitting((form) => {
    const data = new FormData(form)
    const to = data.get('to')
    if (typeof to === 'string') onTransfer({ to, note: String(data.get('note') ?? '').trim() })
  })
  const sorted = agents.toSorted((a, b) => RANK[a.status] - RANK[b.status] || (a.load ?? 0) - (b.load ?? 0))
  const first = sorted.find(({ status }) => status !== 'offline')?.id
  return html`<form class="form" action="#" @click=${submit} @submit=${submit}>
    <fieldset><legend>${strings.transferTo}</legend>
      ${sorted.length === 0 ? html`<p class="hint">${strings.nobodyThere}</p>` : nothing}
      <div class="colleagues">${repeat(
        sorted,
        ({ id }) => id,
        (agent) => colleague(agent, strings, agent.id === first),
      )}
        <label class="colleague"><input type="radio" name="to" value="queue" required>
          <span class="line-words"><b>${strings.toQueue}</b><span class="hint">${strings.toQueueHint}</span></span></label></div>
    </fieldset>
    <label class="labelled"><span>${strings.transferNote}</span>
      <textarea name="note" data-test="transfer-note" rows="2" maxlength=${NOTE_LENGTH} aria-describedby="note-hint" dir="auto"></textarea>
      <span class="hint" id="note-hint">${strings.transferNoteHint}</span></label>
    <button type="submit" class="wide-act" data-test="transfer-it" ?disabled=${isBusy}>${strings.transferIt}</button>
  </form>`
}

/** `isFirst`: the focus starts here. */
function colleague({ id, load, name = id, status }: Agent, strings: DeskStrings, isFirst: boolean): TemplateResult {
  return html`<label class="colleague" data-test="colleague" data-id=${id} data-status=${status}>
    <input type="radio" name="to" value=${id} required ?autofocus=${isFirst} ?disabled=${status === 'offline'}>
    ${avatar(id, name)}
    <span class="line-words"><b dir="auto">${name}</b>
      <span class="hint"><i class="dot" data-status=${status}></i>${strings.statuses[status]}${
        load === undefined ? nothing : html` · ${fill(strings.load, { n: load })}`
      }</span></span>
  </label>`
}
