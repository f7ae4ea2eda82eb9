/** Notices, once, that most visitors come from one address: a proxy that nobody told this gateway of (TRUST_PROXY). */
import type { Report } from '../../domain/facts.ts'

/** Participants looked at, the newest ones; fewer say nothing, an office is not a proxy. */
const LEAST_COUNT = 100
const MOST_COUNT = 500
const SHARE = 0.8

export class AddressWatch {
  readonly #report: Report
  readonly #addresses = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  #hasSaid = false

  constructor({ report }: { report: Report }) {
    this.#report = report
  }

  saw(participant: string, address: string): void {
    if (this.#hasSaid) return
    this.#forget(participant)
    if (this.#addresses.size >= MOST_COUNT) this.#forget(this.#addresses.keys().next().value!)
    this.#addresses.set(participant, address)
    const count = (this.#counts.get(address) ?? 0) + 1
    this.#counts.set(address, count)
    const share = count / this.#addresses.size
    if (this.#addresses.size < LEAST_COUNT || share < SHARE) return
    this.#hasSaid = true
    this.#addresses.clear()
    this.#counts.clear()
    this.#report({ fact: 'addressShared', address, share })
  }

  #forget(participant: string): void {
    const address = this.#addresses.get(participant)
    if (address === undefined) return
    this.#addresses.delete(participant)
    const count = this.#counts.get(address)! - 1
    if (count === 0) this.#counts.delete(address)
    else this.#counts.set(address, count)
  }
}
