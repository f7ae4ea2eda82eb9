/**
 * What a page may set, call, hear and style on the elements: the one table from which docs/elements.md, custom-elements.json and what editors read are
 * written (`npm run reference`). The compiler checks that no property, method or event of a class is missing; test/elements-reference.test.ts compares
 * attributes, parts and css variables with the sources.
 */
import type { LitElement } from 'lit'
import type { ChatElement } from '../chat/chat-element.ts'
import type { ChatEvents, DeskEvents, MailboxEvents } from '../chat/element-events.ts'
import type { DeskElement } from '../desk/desk-element.ts'
import type { InboxElement } from '../inbox/inbox-element.ts'

export interface PropertyDoc {
  /** Its TypeScript type. */
  readonly type: string
  readonly says: string
  /** As it is written in TypeScript. */
  readonly fallback?: string
  /** Default: the property's name in lower case; false: it has none. */
  readonly attribute?: string | false
  readonly isReadOnly?: boolean
  readonly isReflected?: boolean
}

export interface MethodDoc {
  /** With its parentheses and its result. */
  readonly signature: string
  readonly says: string
}

export interface EventDoc {
  /** The TypeScript type of `detail`. */
  readonly detail: string
  readonly says: string
}

export interface ElementDoc {
  readonly tag: string
  readonly className: string
  readonly says: string
  readonly properties: Readonly<Record<string, PropertyDoc>>
  readonly methods: Readonly<Record<string, MethodDoc>>
  readonly events: Readonly<Record<string, EventDoc>>
  readonly parts: Readonly<Record<string, string>>
}

/** `lang` is every element's, and read by ours. */
type Members<E extends LitElement> = Exclude<keyof E, keyof LitElement> | 'lang'
type Methods<E extends LitElement> = { [K in Members<E>]: E[K] extends (...given: never[]) => unknown ? K : never }[Members<E>]
type DocOf<E extends LitElement, Events> = ElementDoc & {
  readonly properties: Readonly<Record<Exclude<Members<E>, Methods<E>>, PropertyDoc>>
  readonly methods: Readonly<Record<Methods<E>, MethodDoc>>
  readonly events: Readonly<Record<keyof Events, EventDoc>>
}

const STATES = "'idle' | 'connecting' | 'catching-up' | 'live' | 'waiting' | 'refused' | 'closed'"

const connected = {
  gateway: { type: 'string', fallback: "''", says: 'Address of the gateway: relative, or http(s).' },
  token: {
    type: 'string',
    fallback: "''",
    says: 'The pass. A fresh pass of the same person changes nothing else; that of another person resets the element.',
  },
  theme: { type: "'auto' | 'light' | 'dark'", fallback: "'auto'", says: 'Colours: those of the system, light or dark.' },
  lang: { type: 'string', fallback: "''", says: "Language of the texts; without it the page's." },
  muted: { type: 'boolean', fallback: 'false', says: 'No sound of a new message, whatever the person chose.' },
  strings: { type: 'OwnTexts | undefined', attribute: false, says: "Texts of the page's own, over those of the language (docs/languages.md)." },
  connection: { type: STATES, isReadOnly: true, isReflected: true, says: 'State of the connection.' },
  transport: {
    type: "'websocket' | 'polling' | undefined",
    isReadOnly: true,
    isReflected: true,
    says: 'What carries it; absent while there is no connection.',
  },
} satisfies Record<string, PropertyDoc>

const client = (type: string): PropertyDoc => ({
  type: `${type} | undefined`,
  attribute: false,
  says: 'A client that the page made; `gateway` and `token` are then not used.',
})

const connectedMethods = {
  send: {
    signature: 'send(text: string): string | undefined',
    says: 'Sends a text. Returns its client id; undefined where it could not be sent yet or is blank.',
  },
  logout: { signature: 'logout(): void', says: 'Ends the connection and deletes everything of this person from the device, in all windows.' },
} satisfies Record<string, MethodDoc>

const connectedEvents = {
  'im-send': { detail: '{ id: string; text: string }', says: 'The person sent a text; once per send.' },
  'im-message': {
    detail: '{ id: string; seq: number; from: string; kind: string; text: string; at: number; isOwn: boolean }',
    says: 'A message appeared on the screen; once per message. `at`: clock of the gateway, ms.',
  },
  'im-card': { detail: 'CardTap', says: 'A product or order was tapped. Cancelled (`preventDefault()`), its address is not opened.' },
  'im-connection': { detail: `{ state: ${STATES}; transport: 'websocket' | 'polling' | undefined }`, says: 'The connection changed.' },
  'im-refused': {
    detail: '{ code: string; message: string; retry: boolean; id: string | undefined }',
    says: 'A final refusal of the connection, of a command or (with `id`) of a message.',
  },
  'im-person': { detail: 'Person', says: 'The element now belongs to another person: {id?, role, shop?}.' },
  'im-notice': { detail: 'Notice', says: 'A notice that a backend published to this person, unchanged.' },
} satisfies Record<string, EventDoc>

const thread = {
  header: 'the head with the name',
  timeline: 'the messages, which scroll',
  bubble: 'a message',
  'bubble-own': "a message of the person's own",
  'bubble-other': 'a message of the other side',
  card: 'a product or order',
  banner: 'the bar that says what is wrong with the connection',
  empty: 'what stands in a conversation without messages',
  question: 'a question: one that a shop offers, or one before something is done',
  latest: 'the button to the newest message',
  'new-above': 'the button to the first unread message above',
  composer: 'the bar with the text field',
  more: 'the button that opens the tray',
  field: 'the frame of the text field',
  input: 'the text field',
  emoji: 'the button of the emoji',
  send: 'the button that sends',
  tray: 'the sheet of emoji, of further actions, or of ways to send',
  retry: 'sends a failed message again',
  discard: 'discards a failed message',
  'person-bar': 'says that a person is blocked, and lets that be undone',
  rating: 'asks how a closed conversation was',
  unread: 'the number of unread messages',
  offer: 'the product that the page is about',
  panel: 'the conversation',
  blocked: 'says that the shop has blocked this person',
}

export const chatDoc: DocOf<ChatElement, ChatEvents> = {
  tag: 'im-chat',
  className: 'ChatElement',
  says: 'A launcher in the corner and a chat panel, or (`mode="inline"`) the panel alone.',
  properties: {
    ...connected,
    to: { type: 'string', fallback: "''", says: 'Whom the chat is with: `shop:<id>` or a participant id.' },
    mode: {
      type: "'launcher' | 'inline'",
      fallback: "'launcher'",
      says: 'Launcher and panel, or a panel that is always open and fills the element.',
    },
    open: { type: 'boolean', fallback: 'false', isReflected: true, says: 'The panel is open.' },
    enter: { type: "'send' | 'newline'", fallback: "'send'", says: 'What Enter does until the person chooses.' },
    history: { type: "'auto' | 'off'", fallback: "'auto'", says: 'Whether Back closes a panel that covers the page.' },
    side: {
      type: "'end' | 'start' | 'left' | 'right'",
      fallback: "'end'",
      says: 'Where launcher and panel stand; `end` is left on pages that read from right to left.',
    },
    product: {
      type: 'Offer | undefined',
      says: 'What the page is about, pinned under the head: {title, id?, price?, image?, url?}; as an attribute its JSON.',
    },
    orders: {
      type: 'readonly OwnOrder[] | undefined',
      says: "This customer's orders, newest first: [{number, title?, status?, total?, image?, url?}]; as an attribute their JSON.",
    },
    name: { type: 'string', fallback: "''", says: 'Name of the shop, before what the shop itself says.' },
    logo: { type: 'string', fallback: "''", says: "Address of the shop's logo." },
    greeting: { type: 'string', fallback: "''", says: 'The first words in an empty conversation.' },
    hours: { type: 'Hours | undefined', says: "Opening hours: {timeZone, open: ['Mo-Fr 09:00-18:00', …]}; as an attribute their JSON." },
    client: client('Client'),
    unread: { type: 'number', attribute: false, isReadOnly: true, says: 'Messages of the other side that were not seen yet.' },
    refusal: {
      type: 'WireRefusal | undefined',
      attribute: false,
      isReadOnly: true,
      says: "The gateway's final refusal while `connection` is `refused`.",
    },
  },
  methods: {
    show: { signature: 'show(): void', says: 'Opens the panel. Call it within the gesture: iOS shows no keyboard for a focus that comes later.' },
    hide: { signature: 'hide(): void', says: 'Closes the panel.' },
    ...connectedMethods,
    setViewportInset: {
      signature: 'setViewportInset(inset: { bottom?: number; top?: number }): void',
      says: 'What an app covers of the window, in CSS px.',
    },
    setOnline: { signature: 'setOnline(isOnline: boolean): void', says: 'For an app that knows the network before its WebView does.' },
    setVisible: {
      signature: 'setVisible(isVisible: boolean): void',
      says: 'For an app that knows whether anybody sees its WebView: while nobody does, nothing counts as read.',
    },
  },
  events: {
    ...connectedEvents,
    'im-open': { detail: 'null', says: 'The panel opened.' },
    'im-close': { detail: 'null', says: 'The panel closed.' },
    'im-unread': { detail: '{ count: number }', says: 'The number of unread messages changed.' },
    'im-available': {
      detail: '{ isAvailable: boolean }',
      says: "False: the chat's script cannot be fetched and is tried again; true: it has come after that.",
    },
  },
  parts: {
    launcher: 'the round button in the corner',
    'launcher-note': 'the words beside it',
    close: 'the button that closes the panel',
    ...thread,
  },
}

const mailboxProperties = {
  ...connected,
  to: { type: 'string', fallback: "''", says: 'The open conversation: `shop:<id>` or a participant id. Setting it opens.' },
  guest: { type: 'boolean', fallback: 'false', says: "Without a pass this device's guest is here, the same as in `<im-chat>`, instead of nobody." },
  client: client('ListingClient'),
} satisfies Record<string, PropertyDoc>

const mailboxMethods = {
  open: { signature: 'open(to: string): void', says: 'Opens the conversation with `to`, in all windows of this person.' },
  ...connectedMethods,
} satisfies Record<string, MethodDoc>

const mailboxEvents = {
  ...connectedEvents,
  'im-select': { detail: '{ to: string }', says: 'Another conversation is open.' },
  'im-unread': { detail: '{ count: number }', says: 'The number of conversations with something unread changed.' },
  'im-sound': { detail: 'null', says: 'This window sounded. The only event that bubbles.' },
} satisfies Record<string, EventDoc>

const mailboxParts = {
  list: 'the column of conversations',
  conversations: 'the conversations in it',
  conversation: 'a conversation in it',
  avatar: 'the picture or initials of somebody',
  ...thread,
}

export const inboxDoc: DocOf<InboxElement, MailboxEvents> = {
  tag: 'im-inbox',
  className: 'InboxElement',
  says: "A buyer's conversations with shops and people, on a page of its own. Fills its parent.",
  properties: mailboxProperties,
  methods: mailboxMethods,
  events: mailboxEvents,
  parts: mailboxParts,
}

const minutes = (attribute: string, fallback: string, says: string): PropertyDoc => ({
  type: 'number',
  attribute,
  fallback,
  says: `${says} Minutes; 0: never.`,
})

export const deskDoc: DocOf<DeskElement, DeskEvents> = {
  tag: 'im-desk',
  className: 'DeskElement',
  says: "A merchant's desk: the conversations of the agent's shop, one of them open, its assignment, and the customer. Fills its parent.",
  properties: {
    ...mailboxProperties,
    shortcuts: {
      type: 'Readonly<Partial<Record<DeskAction, string>>>',
      attribute: false,
      says: 'Key chords by action; an empty one turns the shortcut off.',
    },
    quickReplies: {
      type: 'readonly QuickReply[]',
      attribute: false,
      says: '[{id, title, text, folder?}], offered beside those that the gateway stores.',
    },
    idleMinutes: minutes('idle-minutes', '10', 'After how long without input the agent is shown as away.'),
    waitWarnMinutes: minutes('wait-warn-minutes', '3', "From when on a customer's wait is shown in amber."),
    translates: { type: 'boolean', fallback: 'false', says: 'The page answers `im-translate`: what customers write has Translate in its menu.' },
    view: { type: "'' | 'report'", fallback: '', says: '`report` shows the figures of the shop in place of its conversations.' },
    waitAlarmMinutes: minutes('wait-alarm-minutes', '10', "From when on a customer's wait is shown in red."),
  },
  methods: mailboxMethods,
  events: {
    ...mailboxEvents,
    'im-quick-reply': { detail: '{ id: string }', says: 'The agent used a quick reply.' },
    'im-translate': {
      detail: '{ id, text: string; from?: string; to: string; respond(text: string): void }',
      says: 'The agent wants a translation of a message (with `translates`). Call `respond` with it within 15 s, with an empty text where there is none.',
    },
  },
  parts: {
    ...mailboxParts,
    report: 'the figures of the shop',
    service: 'the bar that says who serves the conversation',
    offers: 'transfers that are offered to the agent',
    note: 'a note, which customers never see',
    'note-form': 'the form of a note',
    details: 'the column about the customer',
    dialog: 'a dialog',
    'quick-replies': 'the list of quick replies',
    tools: 'the buttons over the composer',
  },
}

export const ELEMENT_DOCS: readonly ElementDoc[] = [chatDoc, inboxDoc, deskDoc]

export interface CssVariableDoc {
  readonly says: string
  readonly kind: 'colour' | 'length' | 'number' | 'font'
  /** As the styles have it; in the dark theme `dark`, where that is another. */
  readonly fallback: string
  readonly dark?: string
}

const colour = (says: string, fallback: string, dark: string): CssVariableDoc => ({ says, kind: 'colour', fallback, dark })
const length = (says: string, fallback: string): CssVariableDoc => ({ says, kind: 'length', fallback })

/** Of all three elements. */
export const CSS_VARIABLES: Readonly<Record<string, CssVariableDoc>> = {
  '--im-accent': colour('buttons, links, read ticks', '#0c7560', '#56c9ab'),
  '--im-accent-ink': colour('text on the accent', '#fff', '#05241c'),
  '--im-ground': colour('behind the messages', '#f4f3ef', '#111514'),
  '--im-surface': colour('header, composer', '#fff', '#191e1c'),
  '--im-ink': colour('text', '#1b2220', '#e6ebe9'),
  '--im-muted': colour('times, hints', '#51605a', '#9aa6a1'),
  '--im-line': colour('hair lines', '#e3e1db', '#2a312e'),
  '--im-danger': colour('failures', '#b3261e', '#ff8b7e'),
  '--im-bubble': colour('messages of the other side', '#fff', '#222826'),
  '--im-bubble-own': colour("the person's own messages", '#b9e0d1', '#193f35'),
  '--im-font': { says: 'font family', kind: 'font', fallback: 'system-ui, -apple-system, sans-serif' },
  '--im-radius': length('corner of the floating panel, and of one inside the page, which has none by itself', '18px'),
  '--im-width': length('width of the floating panel', '384px'),
  '--im-height': length('its greatest height', '640px'),
  '--im-right': length('distance from the right edge', '20px'),
  '--im-bottom': length('distance from the bottom edge', '20px'),
  '--im-z': { says: 'z-index of launcher and panel', kind: 'number', fallback: '2147483000' },
  '--im-safe-top': length("inset of a phone's screen at the top, where an app knows it and its WebView does not", '0px'),
  '--im-safe-right': length('the same at the right', '0px'),
  '--im-safe-bottom': length('the same at the bottom', '0px'),
  '--im-safe-left': length('the same at the left', '0px'),
}
