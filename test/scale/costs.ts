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
  /**
   * CPU µs of a node and of Redis for a person whose place has come back (gateway/backbone/redis/ring.ts): the route is written, and the newest conversations
   * are compared with what was pushed.
   */
  readonly compareMicros: number
  readonly compareRedisMicros: number
  /** Bytes of a node's memory for a session that says nothing, and of Redis for each route and channel of it. */
  readonly sessionBytes: number
  readonly channelBytes: number
  /** Bytes of Redis for a stored message whose text has 100 bytes. */
  readonly storedBytes: number
  /** Bytes on the wire for a message: from its sender with the answer, and to each receiver. TCP and TLS included. */
  readonly sentBytes: number
  readonly receivedBytes: number
}

/**
 * Measured (docs/bench.md, 28 November 2026, Node 20.20, one core of a quiet machine of two): a send, a message that is heard, a connect, a session's bytes,
 * a stored entry. Redis' call and entry are chosen so that full calls cost what was measured, 8.5 µs a message.
 * Estimated: Redis' part of a connect, a comparison, a further frame, a further publish, a route's bytes, the bytes on the wire.
 */
export const COSTS: Costs = {
  sendMicros: 20.6,
  hearMicros: 4.5,
  frameMicros: 2,
  callMicros: 12,
  entryMicros: 8.3,
  publishMicros: 1.2,
  connectMicros: 570,
  connectRedisMicros: 130,
  compareMicros: 250,
  compareRedisMicros: 60,
  sessionBytes: 14_000,
  channelBytes: 200,
  storedBytes: 235 + 100,
  sentBytes: 450,
  receivedBytes: 420,
}
