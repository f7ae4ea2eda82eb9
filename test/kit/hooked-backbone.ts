import { Unavailable, type Backbone, type Page } from '../../gateway/backbone/backbone.ts'

/** A real backbone with hooks: a test acts at moments that otherwise only a race hits, and can make the store unavailable. */
export class HookedBackbone implements Backbone {
  readonly #inner: Backbone
  /** Run right before a log is read, and right after, before the reader has the page. */
  beforeRead: (conversation: string) => Promise<void> = async () => undefined
  afterRead: (conversation: string) => Promise<void> = async () => undefined
  isAway = false
  /** Decides when a published packet arrives, if ever; undefined: at once. */
  onPublished: ((arrive: () => void) => void) | undefined
  readonly store: Backbone['store']
  readonly records: Backbone['records']
  readonly images: Backbone['images']
  readonly bus: Backbone['bus']
  readonly jobs: Backbone['jobs']

  constructor(inner: Backbone) {
    this.#inner = inner
    this.jobs = inner.jobs
    const { store, records, images, bus } = inner
    this.store = {
      append: (message) => this.#unlessAway(() => store.append(message)),
      setAssignment: (assignment) => this.#unlessAway(() => store.setAssignment(assignment)),
      replace: (message) => this.#unlessAway(() => store.replace(message)),
      advance: (cursor) => this.#unlessAway(() => store.advance(cursor)),
      erase: (conversation) => this.#unlessAway(() => store.erase(conversation)),
      idle: (before, limit) => this.#unlessAway(() => store.idle(before, limit)),
      list: (side, range) => this.#unlessAway(() => store.list(side, range)),
      read: (conversation, range) => this.#unlessAway(() => this.#read(conversation, () => store.read(conversation, range))),
    }
    this.records = {
      items: (collection, now) => this.#unlessAway(() => records.items(collection, now)),
      put: (item) => this.#unlessAway(() => records.put(item)),
      remove: (item) => this.#unlessAway(() => records.remove(item)),
    }
    this.images = {
      put: (image, waitMs) => this.#unlessAway(() => images.put(image, waitMs)),
      keep: (id) => this.#unlessAway(() => images.keep(id)),
      letGo: (id, waitMs) => this.#unlessAway(() => images.letGo(id, waitMs)),
      remove: (id) => this.#unlessAway(() => images.remove(id)),
      get: (id) => this.#unlessAway(() => images.get(id)),
    }
    this.bus = {
      subscribe: (channel, listener) =>
        this.#unlessAway(() =>
          bus.subscribe(channel, (relayed) => {
            if (this.onPublished === undefined) listener(relayed)
            else this.onPublished(() => listener(relayed))
          }),
        ),
      publishIn: (conversation, origin, packet) => this.#unlessAway(() => bus.publishIn(conversation, origin, packet)),
      publish: (channel, origin, packet) => this.#unlessAway(() => bus.publish(channel, origin, packet)),
      onGap: (listener) => bus.onGap(listener),
    }
  }

  /** The backbone behind the hooks. */
  get inner(): Backbone {
    return this.#inner
  }

  get now(): () => number {
    return this.#inner.now
  }

  scrub(): Promise<void> {
    return this.#unlessAway(() => this.#inner.scrub())
  }

  unready(): string | undefined {
    return this.isAway ? 'The store is away.' : this.#inner.unready()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async #unlessAway<T>(run: () => Promise<T>): Promise<T> {
    if (this.isAway) throw new Unavailable('away')
    return run()
  }

  async #read(conversation: string, read: () => Promise<Page>): Promise<Page> {
    await this.beforeRead(conversation)
    const page = await read()
    await this.afterRead(conversation)
    return page
  }
}
