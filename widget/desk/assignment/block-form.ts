import { html, type TemplateResult } from 'lit'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { submitting } from '../../ui/submitting.ts'

type Duration = keyof DeskStrings['durations']

const HOUR_MS = 3_600_000
const DURATIONS: Readonly<Record<Duration, number | undefined>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  ever: undefined,
}
const REASON_LENGTH = 500

export interface BlockFormView {
  readonly strings: DeskStrings
  readonly isBusy: boolean
  readonly onBlock: (choice: { readonly reason: string; readonly forMs: number | undefined }) => void
}

/** The reason and duration of a block. */
export function blockForm({ isBusy, onBlock, strings }: BlockFormView): TemplateResult {
  const submit = submitting((form) => {
    const data = new FormData(form)
    const reason = String(data.get('reason') ?? '').trim()
    if (reason !== '') onBlock({ reason, forMs: DURATIONS[data.get('duration') as Duration] })
  })
  return html`<form class="form" action="#" @click=${submit} @submit=${submit}>
    <label class="labelled"><span>${strings.reason}</span>
      <textarea name="reason" data-test="reason" rows="3" required autofocus maxlength=${REASON_LENGTH}
        aria-describedby="reason-hint" dir="auto"></textarea>
      <span class="hint" id="reason-hint">${strings.reasonHint}</span></label>
    <fieldset><legend>${strings.duration}</legend><div class="choices">
      ${(Object.keys(DURATIONS) as Duration[]).map(
        (one) => html`<label><input type="radio" name="duration" value=${one} ?checked=${one === 'day'}
        ><span>${strings.durations[one]}</span></label>`,
      )}</div></fieldset>
    <button type="submit" class="wide-act danger" data-test="block-it" ?disabled=${isBusy}>${strings.block}</button>
  </form>`
}
