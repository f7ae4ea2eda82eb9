/** What arrived of one sequence 1, 2, 3 …: each number should come once, and behind the one before. */
export class Arrivals {
  /** Different numbers. */
  count = 0
  doubled = 0
  misordered = 0
  #next = 1
  /** Below `#next`, and not here yet. */
  readonly #missing = new Set<number>()

  take(number: number): void {
    if (number === this.#next) {
      this.#next++
      this.count++
    } else if (number > this.#next) {
      while (this.#next < number) this.#missing.add(this.#next++)
      this.#next++
      this.count++
    } else if (this.#missing.delete(number)) {
      this.misordered++
      this.count++
    } else this.doubled++
  }
}

/** All are 0, or something is wrong. */
export interface Wrong {
  /** Never delivered, or never answered. */
  readonly lost: number
  readonly doubled: number
  readonly misordered: number
}

/** What is wrong with `sent` messages. Answers say their numbers, so their order does not matter. */
export const wrongOf = (sent: number, deliveries: Arrivals, answers: Arrivals): Wrong => ({
  lost: sent - deliveries.count + (sent - answers.count),
  doubled: deliveries.doubled + answers.doubled,
  misordered: deliveries.misordered,
})

export const addWrongs = (wrongs: readonly Wrong[]): Wrong => ({
  lost: wrongs.reduce((sum, { lost }) => sum + lost, 0),
  doubled: wrongs.reduce((sum, { doubled }) => sum + doubled, 0),
  misordered: wrongs.reduce((sum, { misordered }) => sum + misordered, 0),
})

export const isWrong = ({ lost, doubled, misordered }: Wrong): boolean => lost !== 0 || doubled !== 0 || misordered !== 0
