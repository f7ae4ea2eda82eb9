/** Limits what is in use at once, for each address and in total: a share is taken and given back. (Allowances limit what is done in a time.) */
export class ConcurrencyLimit {
  readonly #most: { readonly address: number; readonly total: number }
  readonly #byAddress = new Map<string, number>()
  #total = 0

  /** `hasAddresses` false: addresses do not distinguish visitors, so only the total counts. */
  constructor({ address, total }: { readonly address: number; readonly total: number }, { hasAddresses = true } = {}) {
    this.#most = { address: hasAddresses ? address : total, total }
  }

  get total(): number {
    return this.#total
  }

  /** Takes a share. Returns the function that gives it back, which may be called twice; undefined if there is no room. */
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
