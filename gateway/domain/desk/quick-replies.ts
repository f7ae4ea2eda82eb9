/**
 * Ready-made texts: the shop's, shared by all its agents, and each agent's own in that shop. One record each.
 * After a change the other sessions get a push to read them again; if it is lost, their next `quickReplies` command has the change.
 */
import type { Bus } from '../../backbone/backbone.ts'
import type { Item, Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { participantKey } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Identity, QuickReply } from '../../protocol/model.ts'
import type { Caller } from '../messaging/access.ts'
import { firstThatFit, ROWS_BYTES } from '../answer-size.ts'
import { checkKey } from '../untrusted-text.ts'
import { imagesIn, type Images } from '../messaging/images.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { KeyedQueue } from '../keyed-queue.ts'

/** One answer holds two collections: the shop's and the agent's own. */
const COLLECTION_BYTES = ROWS_BYTES / 2
/** Size in an answer, with scope, quotes and field names. */
const bytesOf = ({ key, value }: Pick<Item, 'key' | 'value'>): number => Buffer.byteLength(key) + Buffer.byteLength(value) + 64

type Scope = QuickReply['scope']

export interface QuickRepliesOptions {
  readonly records: Records
  readonly bus: Bus
  readonly images: Images
  readonly now: () => number
}

export class QuickReplies {
  readonly #options: QuickRepliesOptions
  readonly #queue = new KeyedQueue()

  constructor(options: QuickRepliesOptions) {
    this.#options = options
  }

  async all({ identity }: Caller): Promise<CommandAnswer<'quickReplies'>> {
    const [shop, own] = await Promise.all([this.#of(identity, 'shop'), this.#of(identity, 'own')])
    return { ok: true, quickReplies: firstThatFit([...shop, ...own]) }
  }

  async save(caller: Caller, { quickReply }: CommandInput<'saveQuickReply'>): Promise<CommandAnswer<'saveQuickReply'>> {
    const { id, scope, folder, title, text } = quickReply
    checkKey(id)
    const collection = collectionOf(caller.identity, scope)
    await this.#queue.take(collection, async () => {
      const items = await this.#options.records.items(collection, this.#options.now())
      if (items.length >= LIMITS.quickReplyCount && !items.some(({ key }) => key === id)) {
        throw new Refusal('too_many', `limits.quickReplyCount is ${LIMITS.quickReplyCount}`)
      }
      // fields that the schema does not name are not stored
      const value = JSON.stringify({ folder, title, text })
      const bytes = items.reduce((sum, item) => sum + (item.key === id ? 0 : bytesOf(item)), bytesOf({ key: id, value }))
      if (bytes > COLLECTION_BYTES) throw new Refusal('too_many', `all of them together may have ${COLLECTION_BYTES} bytes`)
      await this.#options.images.stand(imagesIn(text))
      await this.#options.images.withReferences(imagesIn(text), undefined, () =>
        this.#options.records.put({ collection, key: id, value, now: this.#options.now() }),
      )
    })
    await this.#tell(caller, scope)
    return { ok: true }
  }

  async delete(caller: Caller, { scope, id }: CommandInput<'deleteQuickReply'>): Promise<CommandAnswer<'deleteQuickReply'>> {
    const collection = collectionOf(caller.identity, scope)
    await this.#queue.take(collection, () => this.#options.records.remove({ collection, key: id, now: this.#options.now() }))
    await this.#tell(caller, scope)
    return { ok: true }
  }

  async #of(identity: Identity, scope: Scope): Promise<QuickReply[]> {
    const items = await this.#options.records.items(collectionOf(identity, scope), this.#options.now())
    return items.map(({ key, value }) => ({ id: key, scope, ...(JSON.parse(value) as Omit<QuickReply, 'id' | 'scope'>) }))
  }

  #tell({ identity, sid }: Caller, scope: Scope): Promise<void> {
    const side = scope === 'shop' ? identity.side : participantKey(identity)
    return pushToSide(this.#options.bus, { side, origin: sid }, ['quickRepliesPush', {}])
  }
}

/** A person may be an agent of two shops and has own texts in each. */
const collectionOf = (identity: Identity, scope: Scope): string => `${scope === 'shop' ? identity.side : participantKey(identity)}/quick-replies`
