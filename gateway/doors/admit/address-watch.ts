/** Reports, once, that most visitors come from one address: probably a proxy that TRUST_PROXY does not name. */
import { LRUCache } from 'lru-cache'
import type { Report } from '../../domain/facts.ts'

/** How many of the newest participants are compared; fewer are not conclusive, because they may share an office. */
const LEAST_COUNT = 100
const MOST_COUNT = 500
const SHARE = 0.8

export class AddressWatch {
  readonly #report: Report
  readonly #addresses = new LRUCache<string, string>({ max: MOST_COUNT, dispose: (address) => this.#count(address, -1) })
  readonly #counts = new Map<string, number>()
  #hasSaid = false

  constructor({ report }: { report: Report }) {
    this.#report = report
  }

  saw(participant: string, address: string): void {
    if (this.#hasSaid) return
    this.#addresses.delete(participant)
    this.#addresses.set(participant, address)
    const share = this.#count(address, 1) / this.#addresses.size
    if (this.#addresses.size < LEAST_COUNT || share < SHARE) return
    this.#hasSaid = true
    this.#addresses.clear()
    this.#report({ fact: 'addressShared', address, share })
  }

  #count(address: string, by: 1 | -1): number {
    const count = (this.#counts.get(address) ?? 0) + by
    if (count === 0) this.#counts.delete(address)
    else this.#counts.set(address, count)
    return count
  }
}
