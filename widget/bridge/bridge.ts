import type { Chat } from './chat.ts'
import { check } from './check.ts'
import { BRIDGE_VERSION, TO_PAGE, type Answer, type BridgeDoor, type Told, type ToHost, type ToPageType } from './contract.ts'
import { hearHosts, tellHosts } from './hosts.ts'
import { hearKeyboard } from './hear-keyboard.ts'
import { setSafeArea } from './safe-area.ts'

type Fields = Readonly<Record<string, unknown>>

/** What each message does to one chat. True from `back`: consumed. */
const DOINGS: { readonly [T in ToPageType]: (chat: Chat, fields: Fields) => boolean | void } = {
  host: (chat, { opens }) => void opensOf.set(chat, new Set(opens as readonly string[])),
  inset: (chat, fields) => chat.setViewportInset(fields),
  safeArea: setSafeArea,
  back: (chat) => {
    const isConsumed = chat.open && chat.mode === 'launcher'
    if (isConsumed) chat.hide()
    return isConsumed
  },
  network: (_chat, { online }) => void window.dispatchEvent(new Event(online ? 'online' : 'offline')),
  visible: (chat, { visible }) => {
    chat.toggleAttribute('unseen', !visible)
    chat.requestUpdate()
    if (visible) window.dispatchEvent(new Event('focus'))
  },
  pass: (chat, { token }) => void (chat.token = token as string),
  open: (chat, { to, product }) => {
    if (to !== undefined) chat.to = to as string
    if (product !== undefined) chat.product = product
    chat.show()
  },
  close: (chat) => chat.hide(),
  logout: (chat) => chat.logout(),
}

const opensOf = new WeakMap<Chat, ReadonlySet<string>>()
const chats = new Set<Chat>()
let stopHosts: (() => void) | undefined

/**
 * Joins a chat to the app around it, for as long as it is on the page; returns the way to part. Uses nothing of the chat that a
 * page could not use, so it is a script of its own that only a WebView fetches. Several chats on a page hear the same app.
 */
export function connectBridge(chat: Chat): () => void {
  chats.add(chat)
  stopHosts ??= openDoor()
  const stops = [
    hearKeyboard((inset) => chat.setViewportInset(inset)),
    on(chat, 'im-unread', (event) => tell('unread', { count: (event as CustomEvent<{ count: number }>).detail.count })),
    on(chat, 'im-open', () => tell('opened', {})),
    on(chat, 'im-close', () => tell('closed', {})),
    on(chat, 'im-refused', (event) => {
      const { code } = (event as CustomEvent<{ code: string }>).detail
      if (code.startsWith('pass_')) tell('passNeeded', { code })
    }),
    on(chat.shadowRoot!, 'click', (event) => onClick(chat, event)),
  ]
  tell('ready', { version: BRIDGE_VERSION, understands: Object.keys(TO_PAGE) })
  return () => {
    for (const stop of stops) stop()
    chats.delete(chat)
    if (chats.size > 0) return
    stopHosts?.()
    stopHosts = undefined
  }
}

function openDoor(): () => void {
  const page = window as { imChatBridge?: BridgeDoor }
  page.imChatBridge = { receive }
  const stop = hearHosts(receive)
  return () => {
    stop()
    delete page.imChatBridge
  }
}

function receive(message: unknown): Answer {
  const told = check(message)
  if (typeof told === 'string') return { ok: false, why: told }
  const answer = carryOut(told)
  if (told.id !== undefined) tell('answer', { id: told.id, ...answer })
  return answer
}

function carryOut({ type, fields }: Told): Answer {
  const results = [...chats].map((chat) => DOINGS[type](chat, fields))
  return type === 'back' ? { ok: true, consumed: results.includes(true) } : { ok: true }
}

function tell<T extends keyof ToHost>(type: T, fields: ToHost[T]): void {
  tellHosts(JSON.stringify({ type, ...fields }))
}

/** What the app opens itself does not open here. */
function onClick(chat: Chat, event: Event): void {
  const found = event.defaultPrevented ? undefined : openedBy(event.target)
  if (!found || !opensOf.get(chat)?.has(found.type)) return
  event.preventDefault()
  tell(found.type, { url: found.url })
}

/** What a click on this node would open: an address, or a picture in its full size. Nothing but http and https leaves the page. */
function openedBy(node: EventTarget | null): { readonly type: 'link' | 'image'; readonly url: string } | undefined {
  const anchor = node instanceof Element ? node.closest<HTMLAnchorElement>('a[href]') : null
  if (!anchor || !/^https?:$/.test(anchor.protocol)) return undefined
  return { type: anchor.classList.contains('picture') ? 'image' : 'link', url: anchor.href }
}

function on(target: EventTarget, type: string, listener: (event: Event) => void): () => void {
  target.addEventListener(type, listener)
  return () => target.removeEventListener(type, listener)
}
