import { html, nothing, type TemplateResult } from 'lit'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { isolated } from '../../ui/isolated.ts'
import { firstClick } from '../../ui/first-click.ts'
import { repeat } from '../../ui/keyed-list.ts'

export type BlockedEntry = CommandAnswer<'blocked'>['blocked'][number]

export interface BlockedListView {
  readonly strings: DeskStrings
  /** Undefined: not answered yet. */
  readonly blocked: readonly BlockedEntry[] | undefined
  readonly name: (entry: BlockedEntry) => string
  readonly time: (at: number) => string
  readonly onUnblock: (entry: BlockedEntry) => void
}

/** Who is blocked: why, by whom, until when. */
export function blockedList({ blocked, name, onUnblock, strings, time }: BlockedListView): TemplateResult {
  if (!blocked) return html`<p class="hint" role="status">${strings.customerStates.loading}</p>`
  if (blocked.length === 0) return html`<p class="hint">${strings.nobodyBlocked}</p>`
  return html`<ul class="lines">${repeat(
    blocked,
    ({ conversation }) => conversation,
    (entry) => html`<li data-test="blocked-entry" data-to=${entry.to}>
    <div class="line-words">
      <b dir="auto">${name(entry)}</b>
      <span dir="auto">${entry.reason}</span>
      <span class="hint" dir="auto">${entry.until === undefined ? strings.forEver : fill(strings.until, { at: time(entry.until) })}
        · ${isolated(strings.blockedBy, { name: entry.by.name ?? entry.by.id, at: time(entry.at) })}</span>
    </div>
    <button type="button" class="act" data-test="unblock-entry" aria-label="${strings.unblock}: ${name(entry)}" @click=${firstClick(() => onUnblock(entry))}
      >${strings.unblock}</button>
  </li>`,
  )}</ul>${nothing}`
}
