import type { TransportName } from './types.ts'

/**
 * The client's transport: carries texts in both directions until it closes. Choice of transport, deadlines, hello and resending belong to
 * connection.ts and attempt.ts.
 */
export interface Transport {
  /** Must be called only between `onOpen` and `onClose`; does not confirm delivery. */
  send(packet: string): void
  /** Closes at once; no event follows. */
  close(): void
}

/** Laws: no event before `open()` has returned; `onOpen` at most once; `onClose` at most once, and nothing after it. */
export interface TransportEvents {
  /**
   * The other end has answered: packets may be sent. A transport silent for `silenceMs` is dead, even if it claims to be open; 0: silence means
   * nothing. `isGreeted`: the hello went along with the opening.
   */
  onOpen(silenceMs: number, isGreeted?: boolean): void
  onPacket(packet: string): void
  /** Anything was received, even a heartbeat. */
  onHeard(): void
  onClose(reason: string): void
  /** Packets of the other end may be lost, and the transport goes on. */
  onGap?(): void
}

/** One kind of transport to one gateway. `open` never throws. `hello` gives a packet that may go along with the opening; it is asked once, later. */
export interface TransportPort {
  readonly name: TransportName
  open(events: TransportEvents, hello?: () => string | undefined): Transport
}
