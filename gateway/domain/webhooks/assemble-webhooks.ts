/** Builds what webhooks need of each other. The store that it returns is the one that the rest of the domain writes to. */
import type { Backbone } from '../../backbone/backbone.ts'
import type { Report } from '../facts.ts'
import { withHistory } from './assignment-history.ts'
import { DeadLetters } from './dead-letters.ts'
import { MarkingStore, type MarkingStoreOptions } from './marking-store.ts'
import { collectionOf, WebhookConversation, withdrawingKey, type WebhookConversationOptions } from './webhook-conversation.ts'
import { WebhookMarks } from './webhook-marks.ts'
import { WebhookQueue } from './webhook-queue.ts'
import type { WebhookTarget } from './webhook-target.ts'
import { Webhooks } from './webhooks.ts'

const DAY_MS = 86_400_000
/** How long a webhook may be down and still learn of a withdrawal. */
const WITHDRAWN_MS = 365 * DAY_MS
/** How often due deliveries are looked for. */
const TICK_MS = 200

export interface AssembleWebhooksOptions extends Pick<WebhookConversationOptions, 'presence'> {
  readonly backbone: Backbone
  readonly targets: readonly WebhookTarget[]
  readonly settings: { readonly WEBHOOK_ABSENT_MS: number; readonly WEBHOOK_DAYS: number; readonly REDIS_URL: string | undefined }
  readonly node: string
  readonly now: () => number
  readonly uptime: () => number
  readonly report: Report
}

export interface AssembledWebhooks {
  /** The one that the rest of the domain uses. */
  readonly backbone: Backbone
  /** What an assignment's document has to remember. */
  readonly remember: typeof withHistory | undefined
  readonly jobs: Backbone['jobs']
  readonly deadLetters: DeadLetters | undefined
  /** By address: the number of conversations with events that are not delivered yet. */
  readonly waiting: () => readonly (readonly [webhook: string, count: number])[]
  close(): Promise<void>
}

/** Without targets the backbone stays as it is, so nothing is marked and no message gets slower. */
export function assembleWebhooks(options: AssembleWebhooksOptions): AssembledWebhooks {
  const { backbone, targets, settings, now, uptime, report } = options
  if (targets.length === 0)
    return { backbone, remember: undefined, jobs: [], deadLetters: undefined, waiting: () => [], close: async () => undefined }
  const { store, records } = backbone
  const marks = new WebhookMarks({ records, now, uptime, report })
  const stopHearing = backbone.bus.onGap(() => marks.doubt())
  const deadLetters = new DeadLetters({ records, store, targets, now })
  const limits = { absentMs: settings.WEBHOOK_ABSENT_MS, giveUpMs: settings.WEBHOOK_DAYS * DAY_MS }
  const conversation = new WebhookConversation({ ...options, ...limits, store, records, deadLetters, mayDeliver: () => webhooks.mayDeliver })
  const queues = targets.map((target) => new WebhookQueue({ target, deliver: (turn) => conversation.deliver(turn), uptime, report }))
  const webhooks: Webhooks = new Webhooks({ ...options, ...backbone, now, marks, queues, isAlone: settings.REDIS_URL === undefined })
  const marking = new MarkingStore({ store, marks, onChanged: (changed) => webhooks.changed(changed), withdrawing: withdrawingTo(options) })
  return {
    // a backbone may be a class, whose methods no spread copies
    backbone: {
      ...backbone,
      store: marking,
      now: backbone.now,
      scrub: () => backbone.scrub(),
      unready: () => backbone.unready(),
      close: () => backbone.close(),
    },
    remember: withHistory,
    jobs: [{ name: 'webhooks', everyMs: TICK_MS, run: () => webhooks.tick() }],
    deadLetters,
    waiting: () => queues.map(({ target, waitingCount }) => [target.address, waitingCount] as const),
    close: () => {
      stopHearing()
      return webhooks.close()
    },
  }
}

/** Stores, for each target that wants to know, that the message is being withdrawn. */
function withdrawingTo({ backbone: { records }, targets, now }: AssembleWebhooksOptions): MarkingStoreOptions['withdrawing'] {
  const wanting = targets.filter((target) => target.wants('withdrawn'))
  return async ({ conversation, seq }) => {
    const item = { collection: collectionOf(conversation), value: JSON.stringify({ at: now() }), now: now(), expiresAt: now() + WITHDRAWN_MS }
    await Promise.all(wanting.map((target) => records.put({ ...item, key: withdrawingKey(target, seq) })))
  }
}
