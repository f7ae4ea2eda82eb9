/** Events that operators may want to know of. Domain and doors report them; `ops/reporter` chooses level, words and counters. */
import type { Code } from '../protocol/codes.ts'
import type { Assignment, Role } from '../protocol/model.ts'

/** Why an assignment changed. */
export type AssignedBy = 'routed' | 'answered' | 'claimed' | 'closed' | 'handedOver' | 'backend'

/** What an operator's backend did wrong. */
export type BackendFailure = 'unreachable' | 'slow' | 'status' | 'redirect' | 'size' | 'json' | 'shape'

/** Who was refused, from where, and the sentence they got. */
export interface RefusedArrival {
  readonly code: Code
  readonly message: string
  /** The page's. */
  readonly origin?: string | undefined
  /** What the page asked for. */
  readonly host?: string | undefined
  readonly address: string
}

export type Fact =
  | { readonly fact: 'peerAttached'; readonly door: string; readonly role: string }
  | { readonly fact: 'peerDetached'; readonly door: string; readonly role: string }
  | { readonly fact: 'byeSent'; readonly code: Code }
  | ({ readonly fact: 'helloRefused' } & RefusedArrival)
  /** `route` is the method and the path's pattern, without the visitor's own text; `key` the name of a backend's API key, `request` the id that the answer has. */
  | ({ readonly fact: 'requestRefused'; readonly route: string; readonly request: string; readonly key?: string } & RefusedArrival)
  /** A backend has changed something: by which API key, and the ids in its address. */
  | { readonly fact: 'backendChanged'; readonly key: string; readonly request: string; readonly route: string; readonly about: readonly string[] }
  | { readonly fact: 'commandAnswered'; readonly command: string; readonly ms: number }
  | { readonly fact: 'commandRefused'; readonly command: string; readonly code: Code; readonly message: string }
  | { readonly fact: 'packetRefused'; readonly code: Code }
  | { readonly fact: 'messageAppended'; readonly duplicate: boolean }
  /** Redis refused an append, which is sent again: another node has written in the conversation since. */
  | { readonly fact: 'appendRefused' }
  | {
      readonly fact: 'messageWithdrawn'
      readonly role: Role
      readonly by: string
      readonly conversation: string
      readonly seq: number
      readonly ageMs: number
    }
  /** An operator's program had everything about a person erased; `by`: the name of its key. */
  | {
      readonly fact: 'customerErased'
      readonly customer: string
      readonly by: string
      readonly conversations: number
      readonly messages: number
      readonly pictures: number
    }
  /** An operator's program was given everything about a person. */
  | { readonly fact: 'customerExported'; readonly customer: string; readonly by: string }
  /** Nobody had written in these for as long as they are stored. */
  | { readonly fact: 'conversationsExpired'; readonly count: number }
  | { readonly fact: 'imageStored'; readonly bytesCount: number }
  | { readonly fact: 'volatileDropped' }
  | { readonly fact: 'conversationAssigned'; readonly phase: Assignment['phase']; readonly by: AssignedBy }
  /** A customer's wait for an agent is over. */
  | { readonly fact: 'waitEnded'; readonly ms: number }
  /** The queues of the shops whose agents are at this node; `longestMs`: 0 where nobody waits. */
  | { readonly fact: 'queuesSeen'; readonly waitingCount: number; readonly longestMs: number }
  | { readonly fact: 'transferMade'; readonly state: 'offered' | 'requested' | 'queued' | 'accepted' | 'declined' | 'expired' }
  | { readonly fact: 'customerBlocked'; readonly isBlocked: boolean }
  | { readonly fact: 'gapFound'; readonly channelCount: number }
  | { readonly fact: 'publishMissed'; readonly conversationCount: number }
  /** A backend published a message on a person's channel that cannot be read. */
  | { readonly fact: 'publishRefused'; readonly channel: string; readonly reason: string }
  /** A picture was refused because the storage is full; `problem` says which limit was reached. */
  | { readonly fact: 'imagesFull'; readonly problem: string }
  | { readonly fact: 'customerBackendFailed'; readonly reason: BackendFailure; readonly detail: string }
  | { readonly fact: 'shopBackendFailed'; readonly reason: BackendFailure; readonly detail: string }
  | { readonly fact: 'cardBackendFailed'; readonly reason: BackendFailure; readonly detail: string }
  /** An event was sent to a webhook, which took it or not. */
  | { readonly fact: 'webhookSent'; readonly webhook: string; readonly isTaken: boolean }
  /** A webhook does not take an event, while it takes others. */
  | { readonly fact: 'webhookRefused'; readonly webhook: string; readonly conversation: string; readonly reason: string }
  /** The same for days: it is a dead letter now. */
  | { readonly fact: 'webhookGivenUp'; readonly webhook: string; readonly conversation: string; readonly type: string; readonly reason: string }
  /** Messages left the log before they were delivered. */
  | { readonly fact: 'webhookMissed'; readonly webhook: string; readonly conversation: string; readonly count: number }
  | { readonly fact: 'allowanceSpent'; readonly allowance: string; readonly scope: 'address' | 'total'; readonly key: string }
  | { readonly fact: 'addressShared'; readonly address: string; readonly share: number }
  /** The state of a system this gateway depends on, reported at each check; `problem` undefined: it works. */
  | { readonly fact: 'partSeen'; readonly part: string; readonly problem: string | undefined }
  /** `request`: of HTTP, the id that its answer has. */
  | { readonly fact: 'bugFound'; readonly where: string; readonly error: unknown; readonly request?: string }

export type Report = (fact: Fact) => void
