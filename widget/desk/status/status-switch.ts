import { html, nothing, type TemplateResult } from 'lit'
import type { Status } from '../../../gateway/protocol/model.ts'
import type { MailboxStrings } from '../../locales/mailbox-strings.ts'

const STATUSES: readonly Status[] = ['online', 'busy', 'away', 'offline']

export interface StatusSwitchView {
  readonly status: Status | undefined
  readonly strings: MailboxStrings
  readonly onStatus: (status: Status) => void
}

/** How available the agent is; the browser's own list, so that keys and screen readers know it. */
export function statusSwitch({ onStatus, status, strings }: StatusSwitchView): TemplateResult | typeof nothing {
  if (status === undefined) return nothing
  return html`<label class="status-switch" data-status=${status}>
    <select data-test="status" aria-label=${strings.status} .value=${status}
      @change=${({ target }: Event) => onStatus((target as HTMLSelectElement).value as Status)}>
      ${STATUSES.map((one) => html`<option value=${one} ?selected=${one === status}>${strings.statuses[one]}</option>`)}
    </select>
  </label>`
}
