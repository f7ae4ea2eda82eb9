import type { Bus } from '../backbone/backbone.ts'
import { encodePacket } from '../protocol/packet.ts'
import type { Push, PushData } from '../protocol/pushes.ts'
import { sideChannel } from './conversations.ts'

/** Tells every line of a side, at whichever node, except the line `origin` that caused it. `side`: a shop's agents, or one participant. */
export const pushToSide = <P extends Push>(
  bus: Bus, to: { readonly side: string; readonly origin: string }, [name, data]: readonly [P, PushData<P>],
): Promise<void> => bus.publish(sideChannel(to.side), to.origin, encodePacket({ type: 'event', name, args: [data] }))
