import type { Body } from '../../gateway/protocol/model.ts'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'

export interface Entry {
  readonly kind: string
  readonly body: Body & { readonly event?: unknown; readonly agent?: unknown }
  /** Written by the reader. */
  readonly isMine: boolean
  readonly name?: string | undefined
}

export type EntryStrings = Pick<Strings, 'withdrawn' | 'events'>

/** What an entry says to a reader: a message its text, a tombstone and a known event of the gateway a sentence in the reader's language. */
export function entryWords({ kind, body, isMine, name }: Entry, { withdrawn, events }: EntryStrings): string {
  if (kind === 'withdrawn') return isMine ? withdrawn.own : name ? fill(withdrawn.by, { name }) : withdrawn.gone
  const { event, agent } = body
  return kind === 'system' && event === 'transferred' && typeof agent === 'string' ? fill(events.transferred, { name: agent }) : body.text
}
