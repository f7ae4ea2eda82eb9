/** What stored data contain, and what is wrong with them. */
export interface DataReport {
  readonly format: number
  readonly conversationCount: number
  readonly messageCount: number
  readonly recordCount: number
  readonly imageCount: number
  /** On the disk, or in Redis' memory. */
  readonly bytes: number
  /** Time of the newest message, in ms since the epoch; absent: there is none. */
  readonly lastAt?: number
  /** One sentence each, the first ones; `faultCount` counts all. */
  readonly faults: readonly string[]
  readonly faultCount: number
}

const FAULTS_SHOWN = 20

/** Collects faults: all are counted, the first are told. */
export class Faults {
  readonly shown: string[] = []
  count = 0

  add(sentence: string): void {
    this.count++
    if (this.shown.length < FAULTS_SHOWN) this.shown.push(sentence)
  }
}
