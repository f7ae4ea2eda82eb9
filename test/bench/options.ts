import type { StartOptions } from './servers.ts'

export interface BenchOptions extends Pick<StartOptions, 'isPinned' | 'profileDir' | 'nodeOptions'> {
  /** Of people, and of people on long polling. */
  readonly pairs: number
  readonly pollingPairs: number
  /** Messages under way of each pair at saturation. */
  readonly window: number
  /** For each contender, in turn; medians count. */
  readonly rounds: number
  /** How long is measured, and how long each process works before. */
  readonly seconds: number
  readonly warmup: number
  /** That connect at once, and that are idle. */
  readonly sessions: number
  /** How long memory gets to settle before it is read. */
  readonly settleSeconds: number
  /** Of a shop, when a page of its list is asked for. */
  readonly conversations: number
}
