import { html, nothing, type TemplateResult } from 'lit'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { fill } from '../../locales/fill.ts'
import { repeat } from '../../ui/keyed-list.ts'
import { submitting } from '../../ui/submitting.ts'

const HOUR_MS = 3_600_000
const SPANS = [
  ['hour', HOUR_MS],
  ['day', 24 * HOUR_MS],
  ['week', 7 * 24 * HOUR_MS],
] as const

export interface SeveralEntry {
  readonly conversation: string
  readonly to: string
  readonly name: string
  /** Waiting, unanswered, or nothing. */
  readonly state: string
  /** When somebody wrote last, in words. */
  readonly at: string
  readonly isChosen: boolean
}

export interface SeveralFormView {
  readonly words: DeskStrings
  /** Silent for the longest time first. */
  readonly entries: readonly SeveralEntry[]
  /** How many of the chosen ones can be closed, taken and transferred. */
  readonly closable: number
  readonly waiting: number
  readonly mine: number
  readonly colleagues: readonly { readonly id: string; readonly name?: string }[]
  /** How many are still to be changed; 0: nothing is under way. */
  readonly left: number
  readonly onChoose: (conversation: string, isChosen: boolean) => void
  readonly onAll: (isChosen: boolean) => void
  /** Chooses those that were answered and have been silent for so long. */
  readonly onIdle: (ms: number) => void
  readonly onClose: () => void
  readonly onTake: () => void
  readonly onTransfer: (to: string) => void
}

export function severalForm(view: SeveralFormView): TemplateResult {
  const { entries, left, onAll, onChoose, onClose, onIdle, onTake, words } = view
  const { several } = words
  if (entries.length === 0) return html`<p class="hint">${several.none}</p>`
  const isAll = entries.every(({ isChosen }) => isChosen)
  const isBusy = left > 0
  const act = (name: string, words: DeskStrings['several']['close'], count: number, onClick: () => void): TemplateResult =>
    html`<button type="button" class="act" data-test=${name} ?disabled=${isBusy || count === 0} @click=${onClick}>${fill(words, { n: count })}</button>`
  return html`<div class="several">
    <div class="several-bar">
      <label><input type="checkbox" data-test="several-all" .checked=${isAll} ?disabled=${isBusy}
        @change=${({ target }: Event) => onAll((target as HTMLInputElement).checked)}> ${several.all}</label>
      <span role="group" aria-label=${several.idle}>${several.idle} ${SPANS.map(
        ([name, ms]) =>
          html`<button type="button" class="act" data-test="several-idle" data-span=${name} ?disabled=${isBusy} @click=${() => onIdle(ms)}>${words.durations[name]}</button>`,
      )}</span>
    </div>
    <ul class="lines">${repeat(
      entries,
      ({ conversation }) => conversation,
      ({ at, conversation, isChosen, name, state, to }) => html`<li><label class="several-line" data-test="several-entry" data-to=${to}>
        <input type="checkbox" data-test="several-choose" .checked=${isChosen} ?disabled=${isBusy}
          @change=${({ target }: Event) => onChoose(conversation, (target as HTMLInputElement).checked)}>
        <span class="line-words"><b dir="auto">${name}</b><span class="hint">${at}${state ? html` · ${state}` : nothing}</span></span></label></li>`,
    )}</ul>
    <div class="several-bar several-acts">
      ${act('several-close', several.close, view.closable, onClose)}
      ${view.waiting > 0 ? act('several-take', several.take, view.waiting, onTake) : nothing}
      ${view.mine > 0 ? transfer(view, isBusy) : nothing}
      <span role="status">${isBusy ? fill(several.left, { n: left }) : nothing}</span>
    </div>
  </div>`
}

function transfer({ colleagues, mine, onTransfer, words }: SeveralFormView, isBusy: boolean): TemplateResult {
  const submit = submitting((form) => onTransfer(String(new FormData(form).get('to'))))
  return html`<form class="several-transfer" action="#" @click=${submit} @submit=${submit}>
    <select name="to" data-test="several-to" aria-label=${words.transferTo} ?disabled=${isBusy}>
      ${colleagues.map(({ id, name = id }) => html`<option value=${id}>${name}</option>`)}
      <option value="queue">${words.toQueue}</option>
    </select>
    <button type="submit" class="act" data-test="several-transfer" ?disabled=${isBusy}>${fill(words.several.transfer, { n: mine })}</button>
  </form>`
}
