/** The domain's parts and who needs which: the half of app.ts that knows no door. */
import { randomBytes } from 'node:crypto'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import type { Backends } from './backends/backends.ts'
import type { Backbone } from './backbone/backbone.ts'
import { shopsOf, type Config } from './config.ts'
import type { Allowances as AllowancesPort } from './domain/allowances.ts'
import { Blacklist } from './domain/desk/blacklist.ts'
import { Cards } from './domain/messaging/cards.ts'
import { CatchUp } from './domain/messaging/catch-up.ts'
import { ConversationPages } from './domain/messaging/conversation-pages.ts'
import { Conversations } from './domain/messaging/conversations.ts'
import { assembleCustomerData } from './domain/customer-data/assemble-customer-data.ts'
import { ErasedMarks } from './domain/customer-data/erased-marks.ts'
import { Customers } from './domain/desk/customers.ts'
import type { Report } from './domain/facts.ts'
import { Focus } from './domain/presence/focus.ts'
import { AssignmentSweep } from './domain/assignment/assignment-sweep.ts'
import type { Images } from './domain/messaging/images.ts'
import type { Direct } from './domain/messaging/access.ts'
import { Merges } from './domain/messaging/merges.ts'
import { Messages } from './domain/messaging/messages.ts'
import { Notes } from './domain/desk/notes.ts'
import { PersonBlocks } from './domain/messaging/person-blocks.ts'
import type { Presence } from './domain/presence/presence.ts'
import { OpenIndex } from './domain/assignment/open-index.ts'
import { QuickReplies } from './domain/desk/quick-replies.ts'
import { Routing } from './domain/assignment/routing.ts'
import { ShopRecords } from './domain/messaging/shop-records.ts'
import { Shops } from './domain/messaging/shops.ts'
import { Assignments } from './domain/assignment/assignments.ts'
import { Quotes } from './domain/messaging/quotes.ts'
import { Withdrawals } from './domain/messaging/withdrawals.ts'
import { Search } from './domain/messaging/search.ts'
import { Tags } from './domain/assignment/tags.ts'
import { Transfers } from './domain/assignment/transfers.ts'
import { Typing } from './domain/messaging/typing.ts'
import { Ratings } from './domain/assignment/ratings.ts'
import { Reports } from './domain/assignment/reports.ts'
import type { Viewing } from './domain/presence/viewing.ts'
import { Waits } from './domain/assignment/waits.ts'
import type { Domain } from './doors/commands.ts'
import { hookOf, type GatewayHooks } from './hooks-and-send.ts'
import { keepMsOf, unansweredMsOf } from './open-backbone.ts'

export interface DomainOptions {
  readonly presence: Presence
  readonly viewing: Viewing
  readonly backends: Backends
  readonly allowances: AllowancesPort
  readonly images: Images
  readonly config: Config
  readonly now: () => number
  readonly uptime: () => number
  readonly report: Report
  readonly remember: Assignments['remember'] | undefined
  readonly onConversation: GatewayHooks['onConversation']
}

/** Makes what the doors call, from a backbone and the settings. */
export function assembleDomain(backbone: Backbone, options: DomainOptions): Domain {
  const { store, records, bus } = backbone
  const { presence, viewing, backends, allowances, images, config, now, uptime, report } = options
  const clocks = { now, uptime, wait: (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }) }
  const shopRecords = new ShopRecords({ ...clocks, records, images, backend: backends.shop })
  const conversations = new Conversations({ store, shops: shopRecords, now })
  const index = new OpenIndex({ records, now, uptime, newMs: unansweredMsOf(config) })
  const assignments = new Assignments({ store, bus, index, now })
  const waits = new Waits({ records, bus, index, now, uptime, report })
  if (options.remember !== undefined) assignments.remember = options.remember
  const onConversation = hookOf('onConversation', options.onConversation, report)
  const ratings = new Ratings({ isOn: config.RATINGS, assignments, store, bus, now, report })
  const reports = new Reports({ records, now, timeZoneOf: (shop) => shopRecords.timeZoneOf(shop) })
  assignments.onChanged = (of, before, next) => {
    for (const each of [waits, ratings, reports]) each.changed(of, before, next)
    if (next.service !== before.service) onConversation?.({ ...of, phase: next.service.phase })
  }
  const routing = new Routing({ assignments, store, presence, now, limit: config.AGENT_LIMIT, report })
  const newId = (): string => randomBytes(12).toString('base64url')
  const transfers = new Transfers({ assignments, store, presence, bus, newId, limitMs: config.TRANSFER_MS, report })
  const blacklist = new Blacklist({ assignments, records, bus, now, report })
  const quotes = new Quotes({ store, bus })
  const customers = new Customers({ ...clocks, store, viewing, backend: backends.customer })
  const cards = new Cards({ ...clocks, store, allowances, backend: backends.card })
  const keepDays = config.REDIS_URL === undefined ? config.KEEP_DAYS : 0 // Redis expires logs by itself
  const scrub = (): Promise<void> => backbone.scrub()
  const customerData = assembleCustomerData({ store, records, bus, scrub, images, index, caches: [customers, cards], keepDays, now, report })
  shopRecords.keepFor = (shop, days) => customerData.retention.set(shop, days)
  const ofMessages = { store, allowances, images, erased: new ErasedMarks({ records, now }), now, report }
  return {
    conversations,
    conversationPages: new ConversationPages({ store, assignments, now }),
    merges: new Merges({ store, records, assignments, images, now }),
    tags: new Tags({ assignments }),
    messages: new Messages({ ...ofMessages, blacklist, routing, quotes, direct: config.DIRECT as Direct, shops: shopRecords }),
    withdrawals: new Withdrawals({ store, bus, images, quotes, allowances, now, report }),
    focus: new Focus({ bus }),
    typing: new Typing({ bus, store, now }),
    routing,
    transfers,
    blacklist,
    personBlocks: new PersonBlocks({ store, records, bus, now }),
    assignmentSweep: new AssignmentSweep({ assignments, routing, transfers, presence, now, uptime, handoverMs: config.HANDOVER_MS, report }),
    presence,
    viewing,
    waits,
    ratings,
    reports,
    customers,
    cards,
    ...customerData,
    notes: new Notes({ records, bus, images, now, keepMs: keepMsOf(config) }),
    shops: new Shops(shopsOf(config)),
    shopRecords,
    search: new Search({ store, shops: shopRecords, now, turn: () => setImmediate() }),
    quickReplies: new QuickReplies({ records, bus, images, now }),
    catchUp: new CatchUp({ store, now }),
  }
}
