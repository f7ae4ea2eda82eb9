import { Unavailable, type Backbone, type Subscription } from '../../../gateway/backbone/backbone.ts'
import { sideChannel, sidesOf } from '../../../gateway/protocol/keys.ts'
import type { Message } from '../../../gateway/protocol/model.ts'

/** Asks until it is answered; anything but Unavailable is a bug and thrown. */
export async function surely<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** The whole log above `after`. */
export async function readAll(node: Backbone, conversation: string, after = 0): Promise<Message[]> {
  const messages: Message[] = []
  for (;;) {
    const last = messages.at(-1)?.seq ?? after
    const page = await surely(() => node.store.read(conversation, { after: last, limit: 200 }))
    messages.push(...page.messages)
    if (page.messages.length === 0 || messages.at(-1)!.seq >= page.head.seq) return messages
  }
}

/** Shows one conversation as a gateway does to its peer: subscribe, then read, then pushes; a hole or a gap is read again. */
export class ClientFollower {
  readonly shown: Message[] = []
  gapCount = 0
  readonly #node: Backbone
  readonly #conversation: string
  readonly #stopGaps: () => void
  #subscription: Subscription | undefined
  #reading: Promise<void> | undefined
  #isBehind = false
  #onShown: (() => void) | undefined

  private constructor(node: Backbone, conversation: string) {
    this.#node = node
    this.#conversation = conversation
    this.#stopGaps = node.bus.onGap((channels) => {
      if (!channels.includes(sideChannel(sidesOf(conversation)[1]))) return
      this.gapCount++
      void this.#read()
    })
  }

  static async on(node: Backbone, conversation: string): Promise<ClientFollower> {
    const follower = new ClientFollower(node, conversation)
    follower.#subscription = await surely(() =>
      node.bus.subscribe(sideChannel(sidesOf(conversation)[1]), ({ packet, conversation: heard }) => {
        if (heard !== conversation) return
        const [name, message] = JSON.parse(packet.toString().slice(1)) as [string, Message]
        if (name === 'messagePush') follower.#push(message)
      }),
    )
    await follower.#read()
    return follower
  }

  /** Resolves when everything up to `seq` is shown. */
  async until(seq: number): Promise<void> {
    while (this.shown.length < seq)
      await new Promise<void>((resolve) => {
        this.#onShown = resolve
      })
  }

  async close(): Promise<void> {
    this.#stopGaps()
    await this.#subscription?.close()
    await this.#reading
  }

  #push(message: Message): void {
    if (message.seq === this.shown.length + 1 && this.#reading === undefined) this.#show([message])
    else if (message.seq > this.shown.length) void this.#read()
  }

  /** One read at a time; wishes that come during one are granted by another behind it. */
  #read(): Promise<void> {
    this.#isBehind = true
    return (this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined
    }))
  }

  async #readOn(): Promise<void> {
    while (this.#isBehind) {
      this.#isBehind = false
      this.#show(await readAll(this.#node, this.#conversation, this.shown.length))
    }
  }

  #show(messages: readonly Message[]): void {
    for (const message of messages) if (message.seq === this.shown.length + 1) this.shown.push(message)
    this.#onShown?.()
  }
}
