import { html, nothing, type TemplateResult } from 'lit'
import type { Identity, Status } from '../../../gateway/protocol/model.ts'
import type { MailboxStrings } from '../../locales/mailbox-strings.ts'
import { avatar } from '../../ui/avatar.ts'
import { icons } from '../../ui/icons.ts'
import { pictureAddress } from '../../ui/picture-address.ts'

const STATUSES: readonly Status[] = ['online', 'busy', 'away', 'offline']

export interface StatusSwitchView {
  readonly status: Status | undefined
  /** Undefined until the gateway has told it. */
  readonly me: Identity | undefined
  readonly gateway: string
  readonly strings: MailboxStrings
  readonly onStatus: (status: Status) => void
}

/** Who is logged in, and how available; the browser's own list, so that keys and screen readers know it. */
export function statusSwitch({ gateway, me, onStatus, status, strings }: StatusSwitchView): TemplateResult | typeof nothing {
  if (me?.role !== 'agent') return nothing
  const name = me.name ?? me.id
  return html`<span class="me" data-test="own" title=${name}>${avatar(me.id, name, pictureAddress(me.avatar, gateway))}
    <span class="my-lines"><span class="my-name" dir="auto">${name}</span>${
      status === undefined
        ? nothing
        : html`<label class="status-switch" data-status=${status}>
    <select data-test="status" aria-label=${strings.status} .value=${status}
      @change=${({ target }: Event) => onStatus((target as HTMLSelectElement).value as Status)}>
      ${STATUSES.map((one) => html`<option value=${one} ?selected=${one === status}>${strings.statuses[one]}</option>`)}
    </select>${icons.down}</label>`
    }</span></span>`
}
