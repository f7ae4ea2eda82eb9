import { html, type TemplateResult } from 'lit'
import type { Transfer } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'

/** The seconds left of an offer. A wrong clock shows too much or nothing; the gateway decides when it expires. */
export function countdown({ at, expiresAt }: Transfer, now: number, strings: DeskStrings): TemplateResult {
  const leftMs = Math.max(0, Math.min(expiresAt - at, expiresAt - now))
  return html`<span class="countdown" role="timer" data-test="countdown">${fill(strings.seconds, { n: Math.ceil(leftMs / 1000) })}</span>`
}
