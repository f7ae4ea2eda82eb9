import { addWrongs, type Wrong } from './arrivals.ts'
import type { Usage } from './machine.ts'

/** All that a run has measured: what its rows are made of, and what was wrong. */
export class Findings {
  readonly measurements: Readonly<Record<string, unknown>>[] = []
  readonly #wrongs: Wrong[] = []
  readonly #foreign: number[] = []

  /** Also tells it as progress. */
  add(of: string, name: string, usage: Usage, figures: Readonly<Record<string, number | undefined>>, wrong?: Wrong): void {
    this.#foreign.push(usage.foreign)
    if (wrong !== undefined) this.#wrongs.push(wrong)
    this.measurements.push({ of, name, ...usage, ...figures, ...wrong })
    const told = Object.entries({ ...figures, foreign: usage.foreign, ...wrong }).filter(([, value]) => value !== undefined)
    console.error(`${of}: ${name} · ${told.map(([key, value]) => `${key} ${Number(value!.toFixed(value! < 10 ? 3 : 1))}`).join(' · ')}`)
  }

  get wrong(): Wrong {
    return addWrongs(this.#wrongs)
  }

  /** Cores that other programs took while something was measured: least, median and most. */
  get foreign(): readonly number[] {
    return [...this.#foreign].sort((a, b) => a - b)
  }
}
