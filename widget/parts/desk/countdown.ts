import { html, type TemplateResult } from 'lit'
import type { Transfer } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { ServiceStrings } from '../../locales/service-strings.ts'

/** Seconds left of an offer. A clock that is wrong shows too much or nothing; when it ends is the gateway's to say. */
export function countdown({ at, expiresAt }: Transfer, now: number, strings: ServiceStrings): TemplateResult {
  const leftMs = Math.max(0, Math.min(expiresAt - at, expiresAt - now))
  return html`<span class="countdown" role="timer" data-test="countdown">${fill(strings.seconds, { n: Math.ceil(leftMs / 1000) })}</span>`
}
