/** How the Redis backbone may be tuned; `url` alone is enough. docs/redis.md tells operators about each. */
export interface RedisSettings {
  /** See url.ts for the grammar: single, ring, Sentinel, Cluster. */
  readonly url: string
  /** PEM of the authority that signed the servers' certificates, where the system does not know it (`rediss:`). */
  readonly tlsCa?: string
  /**
   * `memory`: acknowledged when the master has it (its own persistence decides about a crash).
   * `replica`: acknowledged when a replica has it too, else refused as Unavailable; the retry is a duplicate.
   */
  readonly durability: 'memory' | 'replica'
  /** Entries kept per conversation, about (whole stream nodes are freed); 0 = all. */
  readonly keepCount: number
  /** Ms an entry is kept; checked at every 32nd append and by expiry of a log nobody writes to. 0 = for ever. */
  readonly keepMs: number
  /**
   * Ms without a message after which a conversation is forgotten, whole, that one person alone has written to: no shop, and nobody who
   * answered. 0 = never.
   */
  readonly unansweredMs: number
  /** How many last entries of a conversation a repeated client id is looked for in; 4 bytes each. */
  readonly windowCount: number
  /** A command without an answer for so long is refused; whether it ran is unknown. */
  readonly commandTimeoutMs: number
  readonly connectTimeoutMs: number
  /** How often an idle connection is asked whether it still lives. */
  readonly pingMs: number
  /** How often each server is tried with what serving needs, see probe.ts. */
  readonly probeMs: number
  /** Called with a server's name and what is wrong with it, or undefined, each time it was looked at: the same may be said again. */
  readonly onHealth: (server: string, problem: string | undefined) => void
  /** Over how long the channels of a regained connection are handed to `onGap`, so that reads do not come all at once. */
  readonly gapSpreadMs: number
}

export const REDIS_DEFAULTS: Omit<RedisSettings, 'url'> = {
  durability: 'memory',
  keepCount: 10_000,
  keepMs: 0,
  unansweredMs: 0,
  windowCount: 1024,
  commandTimeoutMs: 2000,
  connectTimeoutMs: 2000,
  pingMs: 5000,
  probeMs: 5000,
  onHealth: () => undefined,
  gapSpreadMs: 1500,
}
