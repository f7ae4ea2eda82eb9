/** What a program that runs the gateway in its own process gets beside the doors: it writes into conversations, and hears of messages and conversations. */
import { randomUUID } from 'node:crypto'
import { backendFor } from './doors/rest/message-routes.ts'
import type { Domain } from './doors/commands.ts'
import type { Report } from './domain/facts.ts'
import type { CommandAnswer } from './protocol/commands.ts'
import { conversationId } from './protocol/keys.ts'
import type { Assignment, Body, Message } from './protocol/model.ts'

/** Called after what they hear of is stored, once, on the node where it happened. They delay nothing; what they throw is logged as a bug. */
export interface GatewayHooks {
  readonly onMessage?: ((message: Message) => unknown) | undefined
  readonly onConversation?: ((change: ConversationChange) => unknown) | undefined
}

/** Who serves a customer's conversation with a shop has changed. */
export interface ConversationChange {
  readonly conversation: string
  /** Its side, as `shop:42`. */
  readonly shop: string
  /** The customer's participant id. */
  readonly customer: string
  readonly phase: Assignment['phase']
}

export interface OutgoingMessage {
  /** The side in whose name it is written: `shop:<id>` or a participant id. */
  readonly from: string
  /** The other side. */
  readonly to: string
  readonly text: string
  /** Further fields of the body, for kinds of your own. */
  readonly body?: Body
  /** Default: `system`. */
  readonly kind?: string
  /** A client id: the same again changes nothing. Default: a new one. */
  readonly id?: string
}

export type Send = (message: OutgoingMessage) => Promise<CommandAnswer<'send'>>

/** Rejects with a `Refusal` as the REST interface does. */
export const sendIn =
  ({ shops, messages }: Pick<Domain, 'shops' | 'messages'>): Send =>
  async ({ from, to, text, body, kind = 'system', id = randomUUID() }) => {
    const conversation = conversationId(from, to)
    shops.check({ conversation })
    const identity = { ...backendFor(conversation), side: from }
    return messages.send({ identity, sid: '' }, { conversation, id, kind, body: { ...body, text } })
  }

/** A hook as the domain calls it: it returns at once and never throws. */
export const hookOf = <T>(where: string, hook: ((value: T) => unknown) | undefined, report: Report): ((value: T) => void) | undefined =>
  hook &&
  ((value) => {
    Promise.resolve(value)
      .then(hook)
      .catch((error: unknown) => report({ fact: 'bugFound', where, error }))
  })
