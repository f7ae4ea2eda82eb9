/**
 * What an app and the page in its WebView say to each other, version 1. docs/webview.md tells app developers; a test compares.
 *
 * Laws
 * - Every message is one JSON object with a `type`; further fields are ignored, so that both sides may be newer than the other.
 * - The page speaks first: `ready`. What the app says before it is not heard.
 * - An unknown type, a field that is missing or of the wrong kind: answered `{ok: false, why}`, changes nothing, throws nothing.
 * - An answer comes twice: as the value of the call, and, where the message had an `id`, as an `answer` message.
 * - Lengths are CSS px of the window. Nothing here needs to be sent: a chat without a word from its app works.
 *
 * A new message or an optional field leaves the version as it is; anything an older side would misread raises it.
 */
export const BRIDGE_VERSION = 1

/** How a field is checked. `?`: it may be absent. */
export type FieldKind = 'px' | 'px?' | 'flag' | 'text' | 'text?' | 'object?' | 'names'

/** From the app to the page. */
export const TO_PAGE = {
  /** Who the app is for the page: what it opens itself, of `link`, `image`. Until then the page opens everything. */
  host: { opens: 'names' },
  /** What the app covers of the window, the keyboard included. An absent one stays as it was. */
  inset: { bottom: 'px?', top: 'px?' },
  /** Bars and notches, where `env(safe-area-inset-*)` does not know them. */
  safeArea: { top: 'px?', right: 'px?', bottom: 'px?', left: 'px?' },
  /** The back button. Answered with `consumed`: true where it closed the panel, and the app does nothing more. */
  back: {},
  /** The app knows the network better. True: the line is tried at once. */
  network: { online: 'flag' },
  /** Whether a person can see the WebView. While not, nothing counts as read. True: the line is looked at, at once. */
  visible: { visible: 'flag' },
  /** A pass: a fresh one of the same person changes nothing else, another person's makes the chat that person's. '': the guest. */
  pass: { token: 'text' },
  /** Open the panel: about whom, about what. */
  open: { to: 'text?', product: 'object?' },
  close: {},
  /** Ends the line and takes all that is the person's off the device. */
  logout: {},
} as const satisfies Record<string, Readonly<Record<string, FieldKind>>>

/** From the page to the app. */
export interface ToHost {
  /** First of all, and again after a reload. `understands`: the types of `TO_PAGE`. */
  readonly ready: { readonly version: number; readonly understands: readonly string[] }
  /** Unread messages, whenever the number changes. */
  readonly unread: { readonly count: number }
  readonly opened: Record<string, never>
  readonly closed: Record<string, never>
  /** A person tapped an address, or a picture, that the app said it opens. http or https. */
  readonly link: { readonly url: string }
  readonly image: { readonly url: string }
  /** The pass is missing, not valid or over: answer with `pass`. `code` is one of the wire's. */
  readonly passNeeded: { readonly code: string }
  readonly answer: Answer & { readonly id: string | number }
}

export type ToPageType = keyof typeof TO_PAGE

export interface Answer {
  readonly ok: boolean
  /** Of `back`. */
  readonly consumed?: boolean
  readonly why?: string
}

/** A message that passed the check; what it carries is of the kinds above. */
export interface Told {
  readonly type: ToPageType
  readonly id: string | number | undefined
  readonly fields: Readonly<Record<string, unknown>>
}

/** The function by which an app calls: `imChatBridge.receive(json)`. */
export interface BridgeDoor {
  receive(message: unknown): Answer
}
