/** Settings of the Redis backbone; `url` alone is enough. docs/redis.md explains them to operators. */
export interface RedisSettings {
  /** See url.ts for the grammar: single, ring, Sentinel, Cluster. */
  readonly url: string
  /** PEM of the authority that signed the servers' certificates, if the system does not trust it already (`rediss:`). */
  readonly tlsCa?: string
  /**
   * `memory`: acknowledged when the master has the write (what survives a crash is up to its persistence).
   * `replica`: acknowledged when a replica has it too, else rejected with Unavailable; the retry is a duplicate.
   */
  readonly durability: 'memory' | 'replica'
  /** Entries kept per conversation, approximately: every 32nd append cuts the log; 0 = all. */
  readonly keepCount: number
  /** Ms an entry is kept; applied at every 32nd append, and by expiry to a whole conversation without appends, unless somebody is muted in it. 0 = for ever. */
  readonly keepMs: number
  /**
   * Ms since the last message after which a conversation is forgotten as a whole if only one side, and not a shop, has written
   * in it. 0 = never.
   */
  readonly unansweredMs: number
  /** In how many of a conversation's last entries a repeated client id is recognised; 5 bytes each in the node. */
  readonly windowCount: number
  /** Ms after which a command without a reply is rejected; whether it ran is unknown. */
  readonly commandTimeoutMs: number
  readonly connectTimeoutMs: number
  /** Ms between two pings of a connection. */
  readonly pingMs: number
  /** Ms between two probes of each server, see probe.ts. */
  readonly probeMs: number
  /** Called after each check with the server's name and its problem, if any; the same report may be repeated. */
  readonly onHealth: (server: string, problem: string | undefined) => void
  /** Called for each append that a server refused, because somebody else has written in the conversation since; it is sent again. */
  readonly onAppendRefused: () => void
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
  onAppendRefused: () => undefined,
}
