import type { EncodedPacket } from './encoded-packet.ts'

/**
 * What a socket door gives for each session; everything above is the same for both doors.
 * After `close` nothing is written any more and no event follows but the one `onClosed`.
 */
export interface Pipe {
  readonly door: 'engine.io' | 'websocket'
  /** `isPush`: the client has not asked for it. */
  send(encoded: EncodedPacket, isPush: boolean): void
  /**
   * How far the reader is behind, in bytes: what its side has refused, of pushes and of everything. What a turn has only gathered is
   * no arrears; with it, it is `gatheredBytes`.
   */
  pending(): { readonly pushBytes: number; readonly bytes: number; readonly gatheredBytes: number }
  /** For how many ms something has waited of which the reader's side took nothing; to be asked about once a second. */
  stalledMs(): number
  /** Calls back once, when nothing is pending any more (or the line has closed). */
  onceEmpty(listener: () => void): void
  /** While `isHeld`, nothing more is read from the socket, where there is one. */
  hold(isHeld: boolean): void
  /** Lets what was sent leave, then ends the line. */
  close(closeCode: number, reason: string): void
  /** Ends it at once; what was not taken is thrown away. */
  cut(): void
}

/** What a door tells its line. */
export interface PipeEvents {
  onText(text: string): void
  onBinary(): void
  onClosed(): void
}
