import type { EncodedPacket } from './encoded-packet.ts'

/**
 * A client's connection, as each socket door implements it; peers and sessions are the same for all doors.
 * After `close` nothing is written any more, and the only event that follows is `onClosed`.
 */
export interface Pipe {
  readonly door: 'engine.io' | 'websocket'
  /** `isPush`: false for an answer. */
  send(encoded: EncodedPacket, isPush: boolean): void
  /**
   * How far the client is behind, in bytes. `pushBytes` and `bytes` count what its socket has refused: of pushes, and altogether.
   * `gatheredBytes` also counts what this turn has gathered and not written yet. It is never less than the others, and costs nothing to read.
   */
  buffered(): { readonly pushBytes: number; readonly bytes: number; readonly gatheredBytes: number }
  /** For how many ms the socket has taken none of the bytes that wait; 0 where none wait. To be called about once a second. */
  stalledMs(): number
  /** Calls `listener` once, when nothing waits any more or the connection has closed. */
  onceEmpty(listener: () => void): void
  /** While `isHeld`, nothing is read from the WebSocket; long polling goes on. */
  hold(isHeld: boolean): void
  /** Closes once everything sent so far has left. */
  close(closeCode: number, reason: string): void
  /** Closes at once and discards what the socket has not taken. */
  cut(): void
}
