import type { EncodedPacket } from './encoded-packet.ts'

/**
 * What each door gives for a connection of its own; everything above is the same for all doors.
 * After `close` nothing is written any more, and no event follows but the one `onClosed`.
 */
export interface Pipe {
  readonly door: 'engine.io' | 'websocket'
  /** `isPush`: the client has not asked for it. */
  send(encoded: EncodedPacket, isPush: boolean): void
  /**
   * How far the reader is behind, in bytes. `pushBytes` and `bytes` count what its socket has refused, of pushes and of everything;
   * `gatheredBytes` counts too what this turn has gathered and not written yet.
   */
  buffered(): { readonly pushBytes: number; readonly bytes: number; readonly gatheredBytes: number }
  /** For how many ms something has waited of which the socket took nothing; to be asked about once a second. */
  stalledMs(): number
  /** Calls back once, when nothing waits any more or the connection has closed. */
  onceEmpty(listener: () => void): void
  /** While `isHeld`, nothing more is read from the socket, where there is one. */
  hold(isHeld: boolean): void
  /** Lets what was sent leave, then closes. */
  close(closeCode: number, reason: string): void
  /** Closes at once; what the socket has not taken is thrown away. */
  cut(): void
}

/** What a door tells its session. */
export interface PipeEvents {
  onText(text: string): void
  onBinary(): void
  onClosed(): void
}
