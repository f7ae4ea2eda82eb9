import type { Chat } from './chat.ts'
import type { Ability, Page } from './page.ts'

/** One thing that has to be right in every engine that can show it. `run` throws a sentence, or returns a note. */
export interface Check {
  readonly id: string
  readonly title: string
  /** What the engine must be able to do; where it cannot, the outcome is `n/a` with this as the reason. */
  readonly needs?: readonly Ability[]
  readonly run: (world: World) => Promise<string | void>
}

export interface World {
  readonly page: Page
  readonly chat: Chat
  /** Somebody answers in the shop with the same text in capitals. */
  readonly hasAnswers: boolean
}

export interface Outcome {
  readonly engine: string
  readonly check: Check
  readonly result: 'ok' | 'failed' | 'n/a'
  readonly note: string
  readonly ms: number
  readonly screenshot?: string
  /** The browser answered no more from this check on. */
  readonly isFatal?: true
  /** The browser died before this check and was started again for it: how and where it died. */
  readonly restarted?: string
}

/** Says why a check does not apply here, though nothing that it needs is missing in general. */
export class NotApplicable extends Error {}
