/**
 * What single operations cost. The simulation knows nothing else about the gateway, so whoever makes it faster changes these numbers, and nothing
 * in the model.
 */
export interface Costs {
  /** CPU µs of a node for a message that one of its sessions sends: decoding, checking, appending, answering. */
  readonly sendMicros: number
  /** CPU µs of a node for a message that it hears from another node and hands to one session. */
  readonly hearMicros: number
  /** CPU µs of a node for each further session that the same message goes to. */
  readonly frameMicros: number
  /** CPU µs of a Redis server for one call, whatever it carries. */
  readonly callMicros: number
  /** CPU µs of a Redis server for each message of a call, its publish to one node included. */
  readonly entryMicros: number
  /** CPU µs of a Redis server for each further node that the message is published to. */
  readonly publishMicros: number
  /** CPU µs of a node and of Redis for a session that connects: pass, welcome, newest page, subscriptions. */
  readonly connectMicros: number
  readonly connectRedisMicros: number
  /** Bytes of a node's memory for a session that says nothing, and of Redis for each channel that a node subscribes to for it. */
  readonly sessionBytes: number
  readonly channelBytes: number
  /** Bytes of Redis for a stored message whose text has 100 bytes. */
  readonly storedBytes: number
  /** Bytes on the wire for a message: from its sender with the answer, and to each receiver. TCP and TLS included. */
  readonly sentBytes: number
  readonly receivedBytes: number
}

/**
 * Measured (docs/bench.md, 27 November 2026, Node 20.20, one core of a shared machine of two): a send, a message that is heard, a session's bytes,
 * a stored entry. A connect is taken from storms on a busy machine. Redis' call and entry are chosen so that full calls cost what was measured, 7.7 µs
 * a message. Estimated: a further frame, a further publish, a channel's bytes, the bytes on the wire.
 */
export const COSTS: Costs = {
  sendMicros: 34.6,
  hearMicros: 8.8,
  frameMicros: 2,
  callMicros: 12,
  entryMicros: 6.5,
  publishMicros: 1.2,
  connectMicros: 900,
  connectRedisMicros: 130,
  sessionBytes: 14_000,
  channelBytes: 200,
  storedBytes: 235 + 100,
  sentBytes: 450,
  receivedBytes: 420,
}
