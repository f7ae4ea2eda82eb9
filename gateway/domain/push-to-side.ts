import type { Bus } from '../backbone/backbone.ts'
import { ownChannel } from '../protocol/keys.ts'
import { encodePacket } from '../protocol/packet.ts'
import type { Push, PushData } from '../protocol/pushes.ts'

/** Publishes a push to every session of a side, at whichever node, except the session `origin` that caused it. `side`: a shop's agents, one customer, or one agent (`agentKey`). */
export const pushToSide = <P extends Push>(
  bus: Bus,
  to: { readonly side: string; readonly origin: string },
  [name, data]: readonly [P, PushData<P>],
): Promise<void> => bus.publish(ownChannel(to.side), to.origin, encodePacket({ type: 'event', name, args: [data] }))
