import type { Chat } from './chat.ts'
import { plainJson } from '../client/plain-json.ts'
import { check } from './check.ts'
import { BRIDGE_VERSION, TO_PAGE, type Answer, type BridgeReceiver, type CheckedMessage, type ToHost, type ToPageType } from './contract.ts'
import { listenToHostObjects, sendToHosts } from './hosts.ts'
import { listenToKeyboard } from './listen-to-keyboard.ts'
import { inPagePx } from './page-px.ts'
import { setSafeArea } from './safe-area.ts'

type Fields = Readonly<Record<string, unknown>>

/** What each message from the app does to one chat. `back` returns true if the chat consumed it. */
const ACTIONS: { readonly [T in ToPageType]: (chat: Chat, fields: Fields) => boolean | void } = {
  host: (chat, { opens }) => void opensOf.set(chat, new Set(opens as readonly string[])),
  inset: (chat, fields) => chat.setViewportInset(inPagePx(fields)),
  safeArea: setSafeArea,
  back: (chat) => {
    const isConsumed = chat.open && chat.mode === 'launcher'
    if (isConsumed) chat.hide()
    return isConsumed
  },
  network: (chat, { online }) => chat.setOnline(online as boolean),
  visible: (chat, { visible }) => chat.setVisible(visible as boolean),
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
 * Connects a chat to the app around it while the chat is on the page; returns a function that disconnects. It uses only what any page may use of the
 * chat, so it is a separate script, fetched only in a WebView. Several chats on a page receive the same messages.
 * The script may arrive after events that it would have reported, so it reports the current state when it connects.
 */
export function connectBridge(chat: Chat): () => void {
  chats.add(chat)
  stopHosts ??= listenToHosts()
  const stops = [
    listenToKeyboard((inset) => chat.setViewportInset(inset)),
    on(chat, 'im-unread', () => send('unread', { count: chat.unread })),
    on(chat, 'im-open', () => send('opened', {})),
    on(chat, 'im-close', () => send('closed', {})),
    on(chat, 'im-refused', (event) => sendRefusal((event as CustomEvent<{ code: string }>).detail)),
    on(chat, 'im-card', (event) => onCard(chat, event as CustomEvent<ToHost['card']>)),
    // before the page's own viewer takes it
    on(chat.shadowRoot!, 'click', (event) => onClick(chat, event, 'image'), true),
    on(chat.shadowRoot!, 'click', (event) => onClick(chat, event, 'link')),
  ]
  sendState([chat])
  return () => {
    for (const stop of stops) stop()
    chats.delete(chat)
    if (chats.size > 0) return
    stopHosts?.()
    stopHosts = undefined
  }
}

function sendState(all: Iterable<Chat>): void {
  send('ready', { version: BRIDGE_VERSION, understands: Object.keys(TO_PAGE) })
  for (const chat of all) {
    if (chat.unread > 0) send('unread', { count: chat.unread })
    if (chat.open && chat.mode === 'launcher') send('opened', {})
    if (chat.refusal) sendRefusal(chat.refusal)
  }
}

function sendRefusal({ code }: { readonly code: string }): void {
  if (code.startsWith('pass_')) send('passNeeded', { code })
}

function listenToHosts(): () => void {
  const page = window as { imChatBridge?: BridgeReceiver }
  page.imChatBridge = { receive }
  const stop = listenToHostObjects(receive, () => sendState(chats))
  return () => {
    stop()
    delete page.imChatBridge
  }
}

function receive(message: unknown): Answer {
  const checked = check(message)
  if (typeof checked === 'string') return { ok: false, why: checked }
  const answer = carryOut(checked)
  if (checked.id !== undefined) send('answer', { id: checked.id, ...answer })
  return answer
}

function carryOut({ type, fields }: CheckedMessage): Answer {
  const results = [...chats].map((chat) => ACTIONS[type](chat, fields))
  return type === 'back' ? { ok: true, consumed: results.includes(true) } : { ok: true }
}

function send<T extends keyof ToHost>(type: T, fields: ToHost[T]): void {
  sendToHosts(plainJson(() => JSON.stringify({ source: 'im-chat', type, ...fields })))
}

/** A link or picture that the app opens itself is sent to it and not opened here. */
function onClick(chat: Chat, event: Event, type: 'link' | 'image'): void {
  const url = event.defaultPrevented || !opensOf.get(chat)?.has(type) ? undefined : openedBy(event.target, type)
  if (url === undefined) return
  event.preventDefault()
  send(type, { url })
}

/** A card that the app shows itself, unless a listener of the page was first. */
function onCard(chat: Chat, event: CustomEvent<ToHost['card']>): void {
  if (event.defaultPrevented || !opensOf.get(chat)?.has('card')) return
  event.preventDefault()
  const { kind, id, number, title, url, message } = event.detail
  send('card', { kind, id, number, title, url, message })
}

/** The address that a click on this node would open as a link, or as a picture in full size. Only http and https are passed to the app. */
function openedBy(node: EventTarget | null, type: 'link' | 'image'): string | undefined {
  const anchor = node instanceof Element ? node.closest<HTMLAnchorElement>('a[href]') : null
  if (!anchor || !/^https?:$/.test(anchor.protocol)) return undefined
  return (anchor.closest('.picture') ? 'image' : 'link') === type ? anchor.href : undefined
}

function on(target: EventTarget, type: string, listener: (event: Event) => void, isFirst = false): () => void {
  target.addEventListener(type, listener, isFirst)
  return () => target.removeEventListener(type, listener, isFirst)
}
