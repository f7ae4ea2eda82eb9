import type { TransportName } from './types.ts'

/**
 * The client's pipe: texts go in at one end and come out at the other, or the pipe closes. Nothing more: who goes first,
 * deadlines, hello, resending belong to connection.ts and attempt.ts.
 */
export interface Transport {
  /** Only after `onOpen` and before `onClose`; proves nothing. */
  send(packet: string): void
  /** Lets go at once; no event follows. */
  close(): void
}

/** Laws: no event before `open()` has returned; `onOpen` at most once; `onClose` at most once, and nothing after it. */
export interface TransportEvents {
  /** The other end has spoken: packets may be sent. A pipe silent for `silenceMs` is dead, whatever it claims. */
  onOpen(silenceMs: number): void
  onPacket(packet: string): void
  /** Something was heard, if only a heartbeat. */
  onHeard(): void
  onClose(reason: string): void
}

/** One kind of pipe to one gateway. `open` never throws. */
export interface TransportPort {
  readonly name: TransportName
  open(events: TransportEvents): Transport
}
