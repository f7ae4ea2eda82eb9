/**
 * From hello to caught up in one round trip. The order is the whole point: subscribe and wait for the confirmation, then
 * read the logs, reply, send what was missed, then what was published meanwhile.
 */
import type { ResumeCursor, Welcome } from '../protocol/commands.ts'
import { LIMITS } from '../protocol/limits.ts'
import { encodePacket } from '../protocol/packet.ts'
import { messagePacket } from '../protocol/packets.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import { access } from '../domain/messaging/access.ts'
import type { CatchUp, CaughtUp } from '../domain/messaging/catch-up.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Identity } from '../protocol/model.ts'
import { EncodedPacket } from '../relay/encoded-packet.ts'
import { Peer, pushPacket } from '../relay/peer.ts'
import { pushedMessage } from '../relay/pushed-message.ts'
import type { SessionContext, SessionPipe } from './session-context.ts'
import { checkHello } from './validator.ts'

/**
 * `isWanted`: whether the line is still there; nothing is read for one that has gone.
 * `onProved` is called with what the pass says, and may throw; `onWelcomed` is called right before the welcome is sent and says whether the line still wants it.
 * Rejects with a Refusal; then nothing is left behind.
 */
export async function welcome(
  data: unknown, context: SessionContext & { pipe: SessionPipe; sid: string; isWanted: () => boolean; onProved: (identity: Identity) => void },
  onWelcomed: (peer: Peer) => boolean,
): Promise<Peer> {
  checkHello(data)
  const { admit, hub, pipe, sid, report, now, domain, isWanted } = context
  const identity = await admit.hello(data, pipe)
  context.onProved(identity)
  domain.shops.check({ to: data.to })
  const cursors = (data.resume?.cursors ?? []).filter(([conversation]) => domain.shops.knowsConversation(conversation))
  const peer = new Peer({ sid, identity, device: data.device, pipe, report })
  try {
    await hub.attach(peer, conversationsOf(identity, data.to, cursors))
    if (!isWanted()) throw new Refusal('hello_timeout')
    const missed = await domain.catchUp.since(identity, { cursors, to: data.to, isWanted })
    if (identity.expiresAt <= now()) throw new Refusal('pass_expired')
    if (!onWelcomed(peer)) throw new Refusal('hello_timeout')
    hub.welcomed(peer)
    peer.answer(new EncodedPacket(encodePacket({ type: 'connect', data: welcomeData(peer, missed, context) })))
    sayBlocked(peer, missed)
    await replay(peer, missed, domain.catchUp)
    return peer
  } catch (error) {
    peer.leave()
    hub.detach(peer)
    throw error
  }
}

function conversationsOf(identity: Identity, to: string | undefined, cursors: readonly ResumeCursor[]): string[] {
  const own = to === undefined ? [] : [access(identity, { to }).conversation]
  const resumed = cursors.map(([conversation]) => conversation)
  return [...own, ...resumed.filter((conversation) => isMine(identity, conversation))]
}

function isMine(identity: Identity, conversation: string): boolean {
  try {
    return access(identity, { conversation }) !== undefined
  } catch {
    return false
  }
}

const welcomeData = (peer: Peer, missed: readonly CaughtUp[], { imageHosts, now }: SessionContext): Welcome => ({
  sid: peer.sid, identity: peer.identity, v: PROTOCOL_VERSION, at: now(), limits: { ...LIMITS },
  resumed: missed.map(({ resumed }) => resumed),
  ...(imageHosts.length === 0 ? {} : { imageHosts: [...imageHosts] }),
})

/** Before the messages, so that whoever was blocked while away does not write first and learn it afterwards. */
function sayBlocked(peer: Peer, missed: readonly CaughtUp[]): void {
  for (const { resumed: { conversation }, blocked } of missed) {
    if (blocked === undefined) continue
    const { reason, until } = blocked
    peer.answer(pushPacket('blockPush', { conversation, reason, ...(until === undefined ? undefined : { until }) }))
  }
}

/** A portion is read when the line has taken the one before it. */
async function replay(peer: Peer, missed: readonly CaughtUp[], catchUp: CatchUp): Promise<void> {
  const heads = new Map(missed.map(({ resumed: { conversation, head } }) => [conversation, head.seq]))
  for await (const { conversation, messages, more } of catchUp.missed(missed)) {
    for (const message of messages) peer.answer(new EncodedPacket(messagePacket(message)))
    if (more) peer.answer(pushPacket('resumePush', { conversation, more }))
    await peer.drained()
    if (peer.isGone) return
  }
  peer.release((encoded) => {
    const message = pushedMessage(encoded)
    return message === undefined || message.seq > (heads.get(message.conversation) ?? 0)
  })
}
