import { html, nothing, type TemplateResult } from 'lit'
import { fill } from '../locales/fill.ts'
import type { LauncherStrings } from '../locales/strings.ts'
import { icons } from '../ui/icons.ts'

export interface LauncherView {
  readonly strings: LauncherStrings
  readonly unread: number
  readonly isHidden: boolean
  /** The panel's script is still loading; `failed`: it could not be fetched and is being retried. */
  readonly waiting: 'loading' | 'failed' | undefined
  readonly onOpen: () => void
  /** Pointer down: the click will follow. */
  readonly onPress: () => void
}

/** The round button in the corner with the count of unread messages. */
export function launcher({ strings, unread, isHidden, waiting, onOpen, onPress }: LauncherView): TemplateResult {
  const label = waiting === 'loading' ? strings.loading : unread > 0 ? fill(strings.openUnread, { n: unread }) : strings.open
  return html`<button type="button" class="launcher" part="launcher" data-test="launcher" aria-haspopup="dialog"
    aria-label=${label} aria-busy=${waiting !== undefined} ?hidden=${isHidden} @click=${onOpen} @pointerdown=${onPress}
    >${icons.chat}${
      unread > 0 ? html`<span class="unread" part="unread" data-test="unread" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>` : nothing
    }
  </button><div role="status">${
    waiting === 'failed' ? html`<p class="launcher-note" part="launcher-note" data-test="launcher-note">${strings.notLoaded}</p>` : nothing
  }</div>`
}
