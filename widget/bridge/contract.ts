/**
 * The messages between an app and the page in its WebView, version 1. docs/webview.md documents them for app developers; a test compares the two.
 *
 * Laws
 * - Every message is one JSON object with a `type`; messages of the page also have `source: "im-chat"`. Further fields are ignored, so either side may be newer than the other.
 * - The page sends the first message, `ready`, and after it the state so far: `unread`, `opened`, `passNeeded`. Messages from the app before
 *   `ready` are lost.
 * - An unknown type, or a field that is missing or of the wrong kind, is answered with `{ok: false, why}`, changes nothing and throws nothing.
 * - Every message is answered by the return value of the call and, if it had an `id`, by an `answer` message too.
 * - Lengths are CSS px of the window. No message is required: a chat works without any.
 *
 * A new message or an optional field leaves the version unchanged; a change that an older side would misread raises it.
 */
export const BRIDGE_VERSION = 1

/** The kind of a field. `?`: it may be absent. */
export type FieldKind = 'px' | 'px?' | 'flag' | 'text?' | 'object?' | 'names' | 'pass'

/** From the app to the page. */
export const TO_PAGE = {
  /** What the app opens itself: `link`, `image`, `card`. Until this message the page opens everything. */
  host: { opens: 'names' },
  /** What the app covers of the window, the keyboard included. An absent side keeps its value. */
  inset: { bottom: 'px?', top: 'px?' },
  /** Bars and notches that `env(safe-area-inset-*)` does not report. */
  safeArea: { top: 'px?', right: 'px?', bottom: 'px?', left: 'px?' },
  /** The back button was pressed. `consumed` in the answer is true if it closed the panel; the app then does nothing more. */
  back: {},
  /** The state of the network, which the app knows better. True: the page connects at once. */
  network: { online: 'flag' },
  /** Whether a person can see the WebView. While false, no message counts as read. True: the page checks its connection at once. */
  visible: { visible: 'flag' },
  /** A pass. A fresh pass of the same person changes nothing else, one of another person resets the chat to that person. '': a guest. */
  pass: { token: 'pass' },
  /** Opens the panel, optionally with another `to` and `product`. */
  open: { to: 'text?', product: 'object?' },
  close: {},
  /** Ends the connection and deletes everything of the person from the device. */
  logout: {},
} as const satisfies Record<string, Readonly<Record<string, FieldKind>>>

/** From the page to the app. */
export interface ToHost {
  /** The first message, sent again after a reload. `understands`: the types of `TO_PAGE`. */
  readonly ready: { readonly version: number; readonly understands: readonly string[] }
  /** The count of unread messages, at each change. */
  readonly unread: { readonly count: number }
  readonly opened: Record<string, never>
  readonly closed: Record<string, never>
  /** The person tapped a link or a picture that the app opens itself. http or https. */
  readonly link: { readonly url: string }
  readonly image: { readonly url: string }
  /** The person tapped a product or an order that the app shows itself; `url`, where there is one, is http or https. */
  readonly card: {
    readonly kind: 'product' | 'order'
    readonly id?: string | undefined
    readonly number?: string | undefined
    readonly title?: string | undefined
    readonly url?: string | undefined
    readonly message?: string | undefined
  }
  /** The pass is missing, invalid or expired: the app answers with `pass`. `code` is the refusal's. */
  readonly passNeeded: { readonly code: string }
  readonly answer: Answer & { readonly id: string | number }
}

export type ToPageType = keyof typeof TO_PAGE

export interface Answer {
  readonly ok: boolean
  /** Only in the answer to `back`. */
  readonly consumed?: boolean
  readonly why?: string
}

/** A message that passed the check; its fields are of the kinds above. */
export interface CheckedMessage {
  readonly type: ToPageType
  readonly id: string | number | undefined
  readonly fields: Readonly<Record<string, unknown>>
}

/** How an app sends a message to the page: `imChatBridge.receive(json)`. */
export interface BridgeReceiver {
  receive(message: unknown): Answer
}
