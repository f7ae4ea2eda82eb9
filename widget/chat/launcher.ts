import { html, nothing, type TemplateResult } from 'lit'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'
import { icons } from '../ui/icons.ts'

export interface LauncherOptions {
  readonly strings: Strings
  readonly unread: number
  readonly isHidden: boolean
  readonly onOpen: () => void
}

/** The round button in the corner with the count of unread messages. */
export function launcher({ strings, unread, isHidden, onOpen }: LauncherOptions): TemplateResult {
  const label = unread > 0 ? fill(strings.openUnread, { n: unread }) : strings.open
  return html`<button type="button" class="launcher" part="launcher" data-test="launcher" aria-haspopup="dialog"
    aria-label=${label} ?hidden=${isHidden} @click=${onOpen}
    >${icons.chat}${unread > 0
      ? html`<span class="unread" part="unread" data-test="unread" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>` : nothing}
  </button>`
}
