/**
 * Answers a hello and catches the client up in one round trip. The order matters: subscribe, read the logs behind that, wait for both, send
 * the welcome, then the missed messages, then those published meanwhile.
 */
import type { Resumed, Welcome } from '../protocol/commands.ts'
import { isShopSide, sideChannel } from '../protocol/keys.ts'
import { decodePacket } from '../protocol/packet.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import type { CatchUp, CaughtUp } from '../domain/messaging/catch-up.ts'
import type { ShopRecords } from '../domain/messaging/shop-records.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Identity, Message, Shop } from '../protocol/model.ts'
import { encodeMessage, EncodedPacket, encodePush } from '../relay/encoded-packet.ts'
import { Peer } from '../relay/peer.ts'
import type { SessionContext, SessionPipe } from './session-context.ts'
import { checkHello } from './validator.ts'

interface Welcomed {
  readonly pipe: SessionPipe
  readonly sid: string
  /** Whether the connection is still open; nothing is read for one that has closed. */
  isWanted(): boolean
  /** Called with the identity in the pass. May throw. */
  onIdentified(identity: Identity): void
  /** Called right before the welcome is sent. Returns whether the session is still open. */
  onWelcomed(peer: Peer): boolean
}

/** Rejects with a Refusal after it has detached the peer. */
export async function welcome(data: unknown, context: SessionContext, session: Welcomed): Promise<Peer> {
  checkHello(data)
  const { admit, hub, report, now, domain } = context
  const { pipe, sid } = session
  await context.arrivals.turn()
  if (!session.isWanted()) throw new Refusal('hello_timeout')
  const identity = await admit.hello(data, pipe)
  session.onIdentified(identity)
  domain.shops.check({ to: data.to })
  const cursors = (data.resume?.cursors ?? []).filter(([conversation]) => domain.shops.knowsConversation(conversation))
  const peer = new Peer({ sid, identity, device: data.device, pipe, report })
  try {
    const attaching = hub.attach(peer)
    const behind = sideChannel(identity.side)
    const missing = domain.catchUp.since(identity, { cursors, to: data.to, isWanted: () => session.isWanted(), behind })
    const [missed, shops] = await Promise.all([missing, shopsOf(data.to, identity, domain.shopRecords), attaching])
    if (identity.expiresAt <= now()) throw new Refusal('pass_expired')
    if (!session.onWelcomed(peer)) throw new Refusal('hello_timeout')
    hub.welcomed(peer)
    peer.answer(new EncodedPacket(welcomePacket(peer, { missed, shops }, context)))
    pushBlocks(peer, missed)
    await replay(peer, missed, domain.catchUp)
    return peer
  } catch (error) {
    peer.leave()
    hub.detach(peer)
    throw error
  }
}

/** The conversation of a `messagePush`; '' for any other packet. */
function conversationOf(text: string): string {
  const packet = decodePacket(text)
  return packet.type === 'event' ? (packet.args[0] as Message).conversation : ''
}

/** The shop that is written to, and an agent's own; undefined: there is none. */
function shopsOf(to: string | undefined, { side }: Identity, records: ShopRecords): Promise<Welcome['shops']> | undefined {
  const shops = [to ?? '', side].filter(isShopSide)
  return shops.length === 0 ? undefined : whatIsSaid(shops, records)
}

/** Undefined: none says anything about itself. */
async function whatIsSaid(shops: readonly string[], records: ShopRecords): Promise<Welcome['shops']> {
  const found = await Promise.all(shops.map(async (each) => [each, await records.of(each)] as const))
  const known = found.filter((entry): entry is [string, Shop] => entry[1] !== undefined)
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

interface Found {
  readonly missed: readonly CaughtUp[]
  readonly shops: Welcome['shops']
}

/** A connect packet. The limits are half of it and the same for everybody. */
function welcomePacket({ sid, identity }: Peer, { missed, shops }: Found, { imageHosts, limitsJson, now }: SessionContext): string {
  const about: Pick<Welcome, 'sid' | 'identity' | 'v' | 'at'> = { sid, identity, v: PROTOCOL_VERSION, at: now() }
  const found: Pick<Welcome, 'resumed' | 'shops' | 'imageHosts'> = {
    resumed: missed.map(({ resumed }) => withName(resumed, shops?.[resumed.to]?.name)),
    ...(shops === undefined ? undefined : { shops }),
    ...(imageHosts.length === 0 ? undefined : { imageHosts: [...imageHosts] }),
  }
  return `0${JSON.stringify(about).slice(0, -1)},"limits":${limitsJson},${JSON.stringify(found).slice(1)}`
}

const withName = (resumed: Resumed, name: string | undefined): Resumed => (name === undefined ? resumed : { ...resumed, name })

/** Sent before the messages, so that a person who was blocked meanwhile knows before writing. */
function pushBlocks(peer: Peer, missed: readonly CaughtUp[]): void {
  for (const {
    resumed: { conversation, blocked },
  } of missed) {
    if (blocked !== undefined) peer.answer(encodePush('blockPush', { conversation, ...blocked }))
  }
}

/** Sends the missed messages, reading each portion once the socket has taken the one before it. */
async function replay(peer: Peer, missed: readonly CaughtUp[], catchUp: CatchUp): Promise<void> {
  if (missed.some(isBehind)) {
    for await (const { conversation, messages, more } of catchUp.missed(missed)) {
      for (const message of messages) peer.answer(encodeMessage(message))
      if (more) peer.answer(encodePush('resumePush', { conversation, more }))
      await peer.drained()
      if (peer.isGone) return
    }
  }
  // few packets were pushed meanwhile, so decoding them is cheap
  peer.release((encoded) => encoded.push?.seq === undefined || encoded.push.seq > headIn(missed, conversationOf(encoded.text)))
}

const isBehind = ({ resumed: { head }, above = 0 }: CaughtUp): boolean => above < head.seq

const headIn = (missed: readonly CaughtUp[], conversation: string): number =>
  missed.find(({ resumed }) => resumed.conversation === conversation)?.resumed.head.seq ?? 0
