import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** What a page of the shop wants: to talk to somebody, about something. */
export interface OpenRequest {
  readonly to?: string
  readonly product?: unknown
  /** The address of the page that asks: those of the product may be relative to it. */
  readonly base?: unknown
}

type ChannelMessage =
  | { readonly type: 'wish'; readonly id: string; readonly wish: OpenRequest }
  /** One window has it; the page need not open another. */
  | { readonly type: 'taken'; readonly id: string }
  /** A window of conversations has just been opened. */
  | { readonly type: 'ready' }

const CHANNEL = 'im-chat:open'
const HELD_MS = 1000

/**
 * The other end of the loader's `imChat.open({to, product})` on pages with `data-page`: a window of conversations that is already
 * open takes the request instead of a second one opening. Of several windows the first to take the request's lock shows it; the
 * focus is in step in all of them anyway. Pages and windows of one origin only.
 */
export class OpenRequests implements ReactiveController {
  readonly #onRequest: (request: OpenRequest) => void
  #channel: BroadcastChannel | undefined

  constructor(host: ReactiveControllerHost, onRequest: (request: OpenRequest) => void) {
    this.#onRequest = onRequest
    host.addController(this)
  }

  hostConnected(): void {
    if (typeof BroadcastChannel !== 'function') return
    this.#channel = new BroadcastChannel(CHANNEL)
    this.#channel.onmessage = ({ data }: MessageEvent<ChannelMessage>) => this.#receive(data)
    this.#channel.postMessage({ type: 'ready' } satisfies ChannelMessage)
  }

  hostDisconnected(): void {
    this.#channel?.close()
    this.#channel = undefined
  }

  #receive(message: ChannelMessage): void {
    if (message?.type !== 'wish' || typeof message.id !== 'string') return
    const { id, wish } = message
    if (!navigator.locks) return this.#take(id, wish)
    void navigator.locks.request(`im-chat:wish:${id}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return
      this.#take(id, wish)
      await new Promise((done) => setTimeout(done, HELD_MS))
    })
  }

  #take(id: string, request: OpenRequest): void {
    this.#channel?.postMessage({ type: 'taken', id } satisfies ChannelMessage)
    this.#onRequest({ ...request })
    window.focus()
  }
}
