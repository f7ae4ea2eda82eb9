import type { DeskStrings } from './desk-strings.ts'
import type { MailboxStrings } from './mailbox-strings.ts'
import type { Counted, Strings } from './strings.ts'

/** Every sentence of the widget, by where it is used: `chat` everywhere, `mailbox` in `<im-inbox>` and `<im-desk>`, `desk` in `<im-desk>`. */
export interface Texts {
  readonly chat: Strings
  readonly mailbox: MailboxStrings
  readonly desk: DeskStrings
}

export type Part = keyof Texts

type Some<T> = { readonly [K in keyof T]?: T[K] extends string ? string : T[K] extends Counted ? Counted : Some<T[K]> }

/** Some of them; those that are absent stay as they are. */
export type OwnTexts = Some<Texts>
