import { ChatClient } from './chat-client.ts'
import type { ClientOptions } from './client-options.ts'
import type { Conversation } from './conversation.ts'
import { Inbox } from './inbox.ts'
import type { Client } from './types.ts'

/**
 * The headless client: one person, one window, one gateway. Everything it needs of the world is an option with a default
 * (client-options.ts), so it runs in Node, in a worker, without storage, and in tests under a clock that is moved by hand.
 * It does nothing before `connect()` except paint from the local copy.
 */
export function createClient(options: ClientOptions): Client {
  const opened: Conversation[] = []
  let inbox: Inbox | undefined
  const side = (): string | undefined => client.identity.value?.side
  /** What this line writes and reads is not pushed back to it; the list learns it here. */
  const client = new ChatClient(options, (conversation) => {
    opened.push(conversation)
    conversation.timeline.subscribe(({ messages }) => {
      const last = messages[messages.length - 1]
      if (last) inbox?.onMessage(last)
    })
    conversation.unread.subscribe(() => {
      const { id, mine } = conversation
      const participant = side()
      if (id !== undefined && participant !== undefined) inbox?.onCursor({ conversation: id, participant, ...mine })
    })
  })
  client.onPush('messagePush', (message) => inbox?.onMessage(message))
  client.onPush('cursorPush', (cursor) => inbox?.onCursor(cursor))
  client.onPush('conversationPush', (row) => inbox?.onRow(row))
  client.connection.subscribe(({ name }) => {
    if (name === 'catching-up') void inbox?.refresh()
  })
  const open = (): Inbox => {
    inbox = new Inbox({
      side,
      list: (input) => client.request('conversations', input),
      received: (conversation, seq) => {
        // An opened conversation says so itself.
        if (!opened.some(({ id }) => id === conversation)) client.request('delivered', { conversation, seq }).catch(() => {})
      },
    })
    if (client.isWelcomed) void inbox.refresh()
    return inbox
  }
  return Object.defineProperty(client, 'inbox', { get: () => inbox ?? open() })
}
