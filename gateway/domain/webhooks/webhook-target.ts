/** A consumer of events outside: one address of `WEBHOOK_URL`. */
import type { Message } from '../../protocol/model.ts'

export const EVENT_TYPES = ['message', 'opened', 'assigned', 'closed', 'blocked', 'unblocked', 'rated', 'withdrawn', 'absent'] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** A step in the life of a conversation with a shop, as the assignment's document has it until newer ones push it out. */
export interface PastEvent {
  /** Counts the steps of the conversation from 1. */
  readonly n: number
  readonly type: 'opened' | 'assigned' | 'closed' | 'blocked' | 'unblocked' | 'rated'
  /** The last message before it. */
  readonly after: number
  readonly at: number
  readonly agent?: { readonly id: string; readonly name?: string }
  readonly reason?: string
  readonly until?: number
  readonly score?: number
  readonly text?: string
}

export interface WebhookEvent {
  /** The same for each delivery of the event, and no other's. */
  readonly key: string
  readonly type: EventType
  /** Ms since the epoch. */
  readonly at: number
  readonly data: { readonly conversation: string; readonly message?: Message } & Readonly<Record<string, unknown>>
}

export interface WebhookTarget {
  /** Names its cursors in the store: the same address has the same id at all nodes and after a restart. */
  readonly id: string
  /** The address without its query, for people. */
  readonly address: string
  wants(type: EventType): boolean
  /** Delivers once. Resolves with undefined when the consumer has taken it, else with the reason as half a sentence. Never rejects. */
  send(event: WebhookEvent): Promise<string | undefined>
}
