import { html, type TemplateResult } from 'lit'
import type { Transfer } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'

/** EverySecond left of an offer. A clock that is wrong shows too much or nothing; when it ends is the gateway's to say. */
export function countdown({ at, expiresAt }: Transfer, now: number, strings: DeskStrings): TemplateResult {
  const leftMs = Math.max(0, Math.min(expiresAt - at, expiresAt - now))
  return html`<span class="countdown" role="timer" data-test="countdown">${fill(strings.seconds, { n: Math.ceil(leftMs / 1000) })}</span>`
}
