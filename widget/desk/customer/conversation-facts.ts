import type { Message } from '../../../gateway/protocol/model.ts'
import type { ClientController } from '../../chat/client-controller.ts'
import type { MailboxStrings } from '../../locales/mailbox-strings.ts'
import { fill } from '../../locales/fill.ts'
import { cardFrom } from '../../ui/card.ts'
import { listTime } from '../../locales/list-time.ts'

/** Facts from the open conversation itself: label and value. */
export function conversationFacts(controller: ClientController, strings: MailboxStrings, lang: string): readonly (readonly [string, string])[] {
  const { conversation, messages, theirs } = controller
  const last = messages[messages.length - 1]
  const own = messages.filter(({ side }) => side !== conversation?.to)
  const read = own.findLast(({ seq }) => seq <= theirs.read)
  const isAllRead = read !== undefined && read === own[own.length - 1]
  const at = (time: number): string => listTime(time, Date.now(), { lang, yesterday: strings.yesterday })
  const readSome = read ? fill(strings.readUpTo, { at: at(read.at) }) : strings.notReadYet
  return [
    [strings.messages, String(last?.seq ?? 0)],
    ...(last ? [[strings.lastActivity, at(last.at)] as const] : []),
    ...(own.length > 0 ? [[strings.readState, isAllRead ? strings.readAll : readSome] as const] : []),
  ]
}

/** What `{order}` stands for: the number as the card shows it, because the agent sends it as their own words. */
export const latestOrder = (messages: readonly Message[]): string | undefined =>
  messages.reduceRight<string | undefined>(
    (found, { kind, body }) => found ?? (kind === 'order' ? cardFrom(kind, { ...body })?.number : undefined),
    undefined,
  )

/** Products and orders, the newest first, each once. */
export function sharedThings(messages: readonly Message[]): readonly Message[] {
  const things = new Map<string, Message>()
  for (const message of messages.toReversed()) {
    if (message.kind !== 'product' && message.kind !== 'order') continue
    const { number, title, url } = message.body as Readonly<Record<string, unknown>>
    const key = `${message.kind} ${number ?? url ?? title}`
    if (!things.has(key)) things.set(key, message)
  }
  return [...things.values()].slice(0, 20)
}
