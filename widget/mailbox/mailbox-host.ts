import type { OwnTexts } from '../locales/texts.ts'
import type { ReactiveControllerHost } from 'lit'
import type { ListingClient } from '../client/types.ts'

/** The element that holds the view: its public properties, and what lit gives it. */
export interface MailboxHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment
  readonly hasUpdated: boolean
  readonly gateway: string
  readonly token: string
  to: string
  readonly theme: string
  readonly lang: string
  readonly strings: OwnTexts | undefined
  readonly muted: boolean
  readonly guest: boolean
  readonly client: ListingClient | undefined
}
