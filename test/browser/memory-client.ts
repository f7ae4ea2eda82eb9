/**
 * A Client without a gateway, for pages that test what a person sees and touches. It runs inside the page; tests hold its
 * strings as `window.memory`: what was sent, what comes in, the state of the connection. The contract is widget/client/types.ts.
 */
import { wireRefusal, type WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Blocked, Body, Identity, Message, Shop } from '../../gateway/protocol/model.ts'
import type { Command } from '../../gateway/protocol/commands.ts'
import { MESSAGE_LIMITS, type MessageLimits } from '../../widget/client/limits.ts'
import { RefusalError } from '../../widget/client/refusal-error.ts'
import { signal, type MutableSignal } from '../../widget/client/signal.ts'
import type {
  ConnectionState,
  Conversation,
  ListingClient,
  ListingPerson,
  OutboxItem,
  PersonClient,
  TimelineView,
} from '../../widget/client/types.ts'

export interface MemoryClient extends ListingClient {
  readonly sent: { id: string; text: string }[]
  /** Whether sends are confirmed at once, stay waiting, or fail. */
  answer: 'confirm' | 'wait' | 'fail'
  /** The answer to the first item that has none: it is confirmed. */
  confirm(): void
  /** Older messages that `loadOlder` brings, newest page first. */
  older: Message[][]
  readonly typingCalls: boolean[]
  /** What `notice` was told. */
  readonly notices: string[]
  say(text: string, more?: Partial<Message>): Message
  setConnection(state: ConnectionState): void
  /** There is no list: the gateway's final no. Undefined: there is one. */
  list(refusal: WireRefusal | undefined): void
  /** Why a withdrawal is refused; undefined: it is not. */
  withdrawal: WireRefusal | undefined
  /** A command of the page's was refused. */
  refuse(refusal: WireRefusal, command: Command): void
  fill(count: number, options?: { readonly seqFrom?: number; readonly stepMs?: number }): void
  readonly chat: MemoryConversation
}

interface MemoryConversation extends Conversation {
  limits: MessageLimits
  readonly timeline: MutableSignal<TimelineView>
  readonly outbox: MutableSignal<readonly OutboxItem[]>
  readonly theirs: MutableSignal<{ delivered: number; read: number }>
  readonly unread: MutableSignal<number>
  readonly typing: MutableSignal<{ from: string; name?: string } | undefined>
  readonly name: MutableSignal<string | undefined>
  readonly refusal: MutableSignal<WireRefusal | undefined>
}

const WORDS = [
  'Do you ship to Lisbon?',
  'Yes, within three days.',
  'Great, thank you!',
  'The blue one is back in stock on Friday. Shall I keep one for you until then?',
  'Yes please',
  'Done. Anything else I can do?',
  '请问可以开发票吗？',
  '可以的，下单时填写抬头就行。',
]

export function memoryClient({ to = 'shop:42', now = Date.now() } = {}): MemoryClient {
  let count = 0
  let ids = 0
  let at = now
  const sent: { id: string; text: string }[] = []
  const typingCalls: boolean[] = []
  const refusalListeners = new Set<Parameters<PersonClient['onRefused']>[0]>()
  const isListed = signal(true)
  const inboxRefusal = signal<WireRefusal | undefined>(undefined)
  const timeline = signal<TimelineView>({ messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: true })
  const outbox = signal<readonly OutboxItem[]>([])
  const draft = signal('')
  const connection = signal<ConnectionState>({ name: 'live', transport: 'websocket' })
  const add = (message: Partial<Message> & { body: Body }): Message => {
    const seq = ++count
    const whole = {
      conversation: `${to}~me`,
      epoch: 'e',
      seq,
      id: `m${seq}`,
      from: 'agent',
      side: to,
      name: 'Ana',
      kind: 'text',
      at: (at += 1000),
      ...message,
    }
    timeline.set({ ...timeline.value, messages: [...timeline.value.messages, whole] })
    if (whole.side === to) {
      chat.theirs.set({ delivered: seq, read: seq })
      // a shop is not called as its agents are
      if (!to.startsWith('shop:')) chat.name.set(whole.name)
    }
    chat.unread.set(whole.side === to ? chat.unread.value + 1 : 0)
    return whole
  }
  const own = (id: string, kind: string, body: Body): void => void add({ id, kind, body, from: 'me', side: 'me', name: 'Me' })
  const send = (kind: string, body: Body): string => {
    const id = `w${++ids}`
    sent.push({ id, text: body.text })
    if (client.answer === 'confirm') own(id, kind, body)
    else {
      const item = { id, kind, body, at: (at += 1000) }
      const isNext = outbox.value.every(({ state }) => state === 'failed')
      const waiting = { ...item, state: isNext ? ('sending' as const) : ('waiting' as const) }
      const failed = { ...item, state: 'failed' as const, refusal: wireRefusal('forbidden') }
      outbox.set([...outbox.value, client.answer === 'wait' ? waiting : failed])
    }
    return id
  }
  const take = (id: string, state: OutboxItem['state']): OutboxItem | undefined => {
    const item = outbox.value.find((each) => each.id === id && each.state === state)
    outbox.set(outbox.value.filter((each) => each !== item))
    return item
  }
  const chat: MemoryConversation = {
    to,
    limits: MESSAGE_LIMITS,
    id: `${to}~me`,
    timeline,
    outbox,
    draft,
    get mine() {
      return { delivered: count, read: count - chat.unread.value }
    },
    theirs: signal({ delivered: 0, read: 0 }),
    unread: signal(0),
    typing: signal<{ from: string; name?: string } | undefined>(undefined),
    name: signal<string | undefined>('Blue Harbour'),
    shop: signal<Shop | undefined>(undefined),
    blocked: signal<Blocked | undefined>(undefined),
    refusal: signal<WireRefusal | undefined>(undefined),
    setDraft: (text) => draft.set(text),
    send: (text) => (text.trim() === '' ? undefined : send('text', { text })),
    sendBody: send,
    retry(id) {
      const item = take(id, 'failed')
      if (item) own(id, item.kind, item.body)
    },
    discard: (id) => void (take(id, 'failed') ?? take(id, 'waiting')),
    mayWithdraw: ({ side, kind, at: writtenAt }) => side === 'me' && kind !== 'withdrawn' && at - writtenAt < 120_000,
    async withdraw(id) {
      if (client.withdrawal) throw new RefusalError(client.withdrawal)
      const messages = timeline.value.messages.map((each) =>
        each.id === id ? { ...each, kind: 'withdrawn', body: { text: 'This message was withdrawn.' } } : each,
      )
      timeline.set({ ...timeline.value, messages })
    },
    async loadOlder() {
      const page = client.older.shift()
      timeline.set({ ...timeline.value, isLoadingOlder: true })
      await new Promise((resolve) => setTimeout(resolve, 30))
      const messages = [...(page ?? []), ...timeline.value.messages]
      timeline.set({ ...timeline.value, messages, hasOlder: client.older.length > 0, isLoadingOlder: false })
    },
    markRead: () => chat.unread.set(0),
    setTyping: (on) => void typingCalls.push(on),
  }
  const notices: string[] = []
  const client: MemoryClient = {
    connection,
    identity: signal<Identity | undefined>({ id: 'me', role: 'customer', side: 'me', expiresAt: now + 3_600_000 }),
    imageHosts: signal([]),
    shops: signal({}),
    focus: signal<string | undefined>(to),
    inbox: {
      rows: signal([]),
      isLoaded: isListed,
      refusal: inboxRefusal,
      hasMore: signal(false),
      unread: signal(0),
      loadMore: () => Promise.resolve(),
      add: () => undefined,
    },
    conversation: () => chat,
    changeUser: () => undefined,
    request: () => Promise.reject(new Error('no gateway')),
    onPush: () => () => undefined,
    notice: (type) => void notices.push(type),
    notices,
    connect: () => connection.set({ name: 'live', transport: 'websocket' }),
    close: () => connection.set({ name: 'closed' }),
    setToken: () => undefined,
    logout: () => connection.set({ name: 'closed' }),
    get person() {
      return person
    },
    sent,
    typingCalls,
    chat,
    answer: 'confirm',
    withdrawal: undefined,
    confirm() {
      const item = outbox.value.find(({ state }) => state !== 'failed')
      if (item && take(item.id, item.state)) own(item.id, item.kind, item.body)
    },
    older: [],
    say: (text, more) => add({ body: { text }, ...more }),
    setConnection: (state) => connection.set(state),
    list(refusal) {
      inboxRefusal.set(refusal)
      isListed.set(refusal === undefined)
    },
    refuse: (refusal, command) => refusalListeners.forEach((listener) => listener(refusal, command)),
    fill(howMany, { seqFrom = count + 1, stepMs = 90_000 } = {}) {
      const messages = Array.from({ length: howMany }, (_, index): Message => {
        const seq = seqFrom + index
        const isOwn = seq % 3 === 1
        return {
          conversation: `${to}~me`,
          epoch: 'e',
          seq,
          id: `h${seq}`,
          from: isOwn ? 'me' : 'agent',
          side: isOwn ? 'me' : to,
          kind: 'text',
          ...(isOwn ? {} : { name: 'Ana' }),
          body: { text: WORDS[seq % WORDS.length]! },
          at: now - (howMany - index) * stepMs,
        }
      })
      count = seqFrom + howMany - 1
      timeline.set({ ...timeline.value, messages: [...timeline.value.messages, ...messages] })
    },
  }
  const person = signal(
    Object.create(client, {
      who: { value: { role: 'customer', id: 'me' } },
      scope: { value: 'me' },
      onRefused: {
        value: (listener: Parameters<PersonClient['onRefused']>[0]) => {
          refusalListeners.add(listener)
          return () => undefined
        },
      },
    }) as ListingPerson,
  )
  return client
}
