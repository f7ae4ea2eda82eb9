/**
 * What shops say about themselves: from the operator's backend (`SHOP_URL`) and from what was put into the store (`PUT /v1/shops/<id>`), of
 * which each part comes before the backend's. A node remembers both for 30 s; what is put through a node is known there at once.
 */
import type { Records } from '../../backbone/records.ts'
import { isShopSide, SHOP_PREFIX } from '../../protocol/keys.ts'
import { openingSpans } from '../../protocol/opening-hours.ts'
import type { ConversationRow, Shop, ShopRecord } from '../../protocol/model.ts'
import { BackendAnswers, type BackendAnswersOptions } from '../backend-answers.ts'
import { Refusal } from '../refusal.ts'
import { imagesIn, type Images } from './images.ts'
import { tidyRecord } from './tidy-record.ts'

/** The operator's own system that knows shops. */
export interface ShopBackend {
  /** Resolves with a tidy record; undefined if it does not know the shop. Rejects when it failed, and has then reported why. */
  ask(shop: string): Promise<ShopRecord | undefined>
}

export interface ShopRecordsOptions extends BackendAnswersOptions {
  readonly records: Records
  readonly images: Images
  readonly backend: ShopBackend | undefined
}

const KEY = 'record'
/** Opening times are computed again after this time. */
const VIEW_MS = 60_000

export class ShopRecords {
  readonly #options: ShopRecordsOptions
  readonly #stored: BackendAnswers<ShopRecord>
  readonly #answered: BackendAnswers<ShopRecord>
  /** By record, which is remembered elsewhere. */
  readonly #views = new WeakMap<ShopRecord, { readonly at: number; readonly open: Shop['open'] }>()

  /** Called with what is stored about a shop: for how many days it keeps a conversation in which nobody writes any more; undefined: as all. */
  keepFor: (shop: string, days: number | undefined) => Promise<void> = async () => undefined

  constructor(options: ShopRecordsOptions) {
    this.#options = options
    this.#stored = new BackendAnswers(options)
    this.#answered = new BackendAnswers(options)
  }

  /** What a side that is a shop says about itself; undefined: nothing, or nothing that is known within 0.7 s. */
  async of(side: string): Promise<Shop | undefined> {
    if (!isShopSide(side)) return undefined
    const { stored, answered } = await this.#records(side)
    return this.#view({ ...answered, ...stored }, stored?.hours === undefined ? answered : stored)
  }

  /** The time zone of a shop's hours, where it has hours; undefined as in `of`. */
  async timeZoneOf(side: string): Promise<string | undefined> {
    const { stored, answered } = await this.#records(side)
    return (stored?.hours ?? answered?.hours)?.timeZone
  }

  /** Rows of a list, with the names and logos of the shops among them. */
  async named(rows: readonly ConversationRow[]): Promise<ConversationRow[]> {
    const known = new Map<string, Promise<Shop | undefined>>()
    for (const { to } of rows) if (isShopSide(to) && !known.has(to)) known.set(to, this.of(to))
    if (known.size === 0) return [...rows]
    return Promise.all(rows.map(async (row) => withShop(row, await known.get(row.to))))
  }

  /** Stores a record in place of the one before; an empty one deletes it. Refuses what cannot be used. */
  async put(shop: string, given: ShopRecord): Promise<ShopRecord> {
    const { images, records, now } = this.#options
    const { record, fault } = tidyRecord(given)
    if (fault === 'too large') throw new Refusal('too_large', 'a shop has at most 8192 bytes')
    if (fault !== undefined) throw new Refusal('bad_request', `${fault} cannot be used`)
    await this.keepFor(shop, record.keepDays)
    const collection = collectionOf(shop)
    if (Object.keys(record).length === 0) await records.remove({ collection, key: KEY, now: now() })
    else {
      const ids = imagesIn(record.logo ?? '')
      await images.stand(ids)
      await images.withReferences(ids, ids[0], () => records.put({ collection, key: KEY, value: JSON.stringify(record), now: now() }))
    }
    this.#stored.learn(shop, record)
    return record
  }

  async #records(side: string): Promise<{ readonly stored: ShopRecord | undefined; readonly answered: ShopRecord | undefined }> {
    const shop = side.slice(SHOP_PREFIX.length)
    const { backend } = this.#options
    const [stored, answered] = await Promise.all([
      this.#stored.recent(shop, () => this.#read(shop)),
      backend === undefined ? undefined : this.#answered.recent(shop, () => backend.ask(shop)),
    ])
    return { stored, answered }
  }

  async #read(shop: string): Promise<ShopRecord | undefined> {
    const items = await this.#options.records.items(collectionOf(shop), this.#options.now())
    const item = items.find(({ key }) => key === KEY)
    return item === undefined ? undefined : (JSON.parse(item.value) as ShopRecord)
  }

  /** `source`: the record that the hours are from. */
  #view({ hours, ...about }: ShopRecord, source: ShopRecord | undefined): Shop | undefined {
    const open = hours === undefined || source === undefined ? undefined : this.#open(hours, source)
    const { keepDays: _, ...shown } = about
    const shop: Shop = { ...shown, ...(open === undefined ? undefined : { open }) }
    return Object.keys(shop).length === 0 ? undefined : shop
  }

  #open(hours: NonNullable<ShopRecord['hours']>, source: ShopRecord): Shop['open'] {
    const now = this.#options.now()
    const known = this.#views.get(source)
    if (known !== undefined && Math.abs(now - known.at) < VIEW_MS) return known.open
    const open = openingSpans(hours, now)?.map(([from, to]) => [from, to] as [number, number])
    this.#views.set(source, { at: now, open })
    return open
  }
}

const withShop = (row: ConversationRow, { name, logo }: Shop = {}): ConversationRow => ({
  ...row,
  ...(name === undefined ? undefined : { name }),
  ...(logo === undefined ? undefined : { logo }),
})
const collectionOf = (shop: string): string => `${SHOP_PREFIX}${shop}/about`
