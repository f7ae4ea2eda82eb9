import { Unavailable, type Backbone, type Page } from '../../gateway/backbone/backbone.ts'

/** A real backbone with a place to reach in: at the moments that only a race would hit, and when it is away. */
export class HookedBackbone implements Backbone {
  readonly #inner: Backbone
  /** Runs right before a log is read, and right after, before the reader has the answer. */
  beforeRead: (conversation: string) => Promise<void> = async () => undefined
  afterRead: (conversation: string) => Promise<void> = async () => undefined
  isAway = false
  /** What to do with something published; undefined: it arrives. A bus may forget. */
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
      append: (message) => this.#here(() => store.append(message)),
      setAssignment: (service) => this.#here(() => store.setAssignment(service)),
      advance: (cursor) => this.#here(() => store.advance(cursor)),
      list: (side, range) => this.#here(() => store.list(side, range)),
      read: (conversation, range) => this.#here(() => this.#read(conversation, () => store.read(conversation, range))),
    }
    this.records = {
      items: (collection, now) => this.#here(() => records.items(collection, now)),
      put: (item) => this.#here(() => records.put(item)),
      remove: (item) => this.#here(() => records.remove(item)),
    }
    this.images = {
      put: (image, waitMs) => this.#here(() => images.put(image, waitMs)),
      keep: (id) => this.#here(() => images.keep(id)),
      letGo: (id, waitMs) => this.#here(() => images.letGo(id, waitMs)),
      get: (id) => this.#here(() => images.get(id)),
    }
    this.bus = {
      subscribe: (channel, listener) =>
        this.#here(() =>
          bus.subscribe(channel, (relayed) => {
            if (this.onPublished === undefined) listener(relayed)
            else this.onPublished(() => listener(relayed))
          }),
        ),
      publish: (channel, origin, packet) => this.#here(() => bus.publish(channel, origin, packet)),
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

  unready(): string | undefined {
    return this.isAway ? 'The store is away.' : this.#inner.unready()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async #here<T>(run: () => Promise<T>): Promise<T> {
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
