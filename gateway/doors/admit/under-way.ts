/** How much may be under way at once, of one address and of all: a share is taken and given back. Allowances are per time, this is not. */
export class UnderWay {
  readonly #most: { readonly address: number; readonly total: number }
  readonly #byAddress = new Map<string, number>()
  #total = 0

  /** `hasAddresses` false: many visitors share one address, so that only the total counts. */
  constructor({ address, total }: { readonly address: number; readonly total: number }, { hasAddresses = true } = {}) {
    this.#most = { address: hasAddresses ? address : total, total }
  }

  get total(): number {
    return this.#total
  }

  /** Gives the share back, once; undefined where there is no room for it. */
  take(address: string, cost: number): (() => void) | undefined {
    const taken = this.#byAddress.get(address) ?? 0
    if (taken + cost > this.#most.address || this.#total + cost > this.#most.total) return undefined
    this.#add(address, cost)
    let isTaken = true
    return () => {
      if (isTaken) this.#add(address, -cost)
      isTaken = false
    }
  }

  #add(address: string, cost: number): void {
    const sum = (this.#byAddress.get(address) ?? 0) + cost
    this.#total += cost
    if (sum > 0) this.#byAddress.set(address, sum)
    else this.#byAddress.delete(address)
  }
}
