import { html, nothing, type TemplateResult } from 'lit'
import type { DeskStrings } from '../../locales/desk-strings.ts'

/** Below the rows of a search: whether it goes on, and what it did not look at. */
export const searchFoot = (state: 'asking' | 'partly' | 'done', strings: DeskStrings): TemplateResult =>
  html`<p class="search-foot" data-test="search-foot" data-state=${state} role="status">${
    state === 'asking' ? strings.searching : state === 'partly' ? strings.notAllSearched : nothing
  }</p>`
