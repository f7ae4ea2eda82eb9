import type { Duplex } from 'node:stream'
import type { EncodedPacket, FramePrefix } from '../relay/encoded-packet.ts'

/** Where the packets for one client gather within a turn of the event loop. */
export interface Gathering {
  flush(): void
}

/** At so many bytes a WebSocket is written to before the turn ends, so that the kernel shows at once whether the client keeps up. */
export const FLUSH_BYTES = 16_384

/** Flushes at the end of a turn what was gathered in it: one system call a socket, one answer a poll, instead of one a packet. */
export class WriteBatch {
  #gatherings: Gathering[] = []
  #afterwards: (() => void)[] = []

  readonly #flush = (): void => {
    const gatherings = this.#gatherings
    this.#gatherings = []
    for (const gathering of gatherings) gathering.flush()
    const afterwards = this.#afterwards
    this.#afterwards = []
    for (const run of afterwards) run()
  }

  /** To be called with the first packet that a client gets after a flush. */
  add(gathering: Gathering): void {
    if (this.#gatherings.push(gathering) === 1) setImmediate(this.#flush)
  }

  /** Calls `run` once everybody's packets of this turn are written. To be called while some are gathered. */
  afterwards(run: () => void): void {
    this.#afterwards.push(run)
  }
}

/** Writes any number of packets as WebSocket frames, in one buffer with one callback; `count`: how many they were. */
export function writeFrames(
  network: Duplex,
  { packets, prefix }: { packets: readonly EncodedPacket[]; prefix: FramePrefix },
  onWritten: (count: number) => void,
): void {
  const { length } = packets
  network.write(length === 1 ? packets[0]!.frame(prefix) : joined(packets, prefix), () => onWritten(length))
}

function joined(packets: readonly EncodedPacket[], prefix: FramePrefix): Buffer {
  let length = 0
  for (const packet of packets) length += packet.frameLength(prefix)
  const frames = Buffer.allocUnsafe(length)
  let at = 0
  for (const packet of packets) at = packet.writeFrame(frames, at, prefix)
  return frames
}
