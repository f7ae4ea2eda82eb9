import type { OwnTexts } from '../locales/texts.ts'
import type { Asker } from './on-demand.ts'

/** An element that speaks. */
export interface Speaker extends Asker {
  readonly lang: string
  /** The page's own texts. */
  readonly strings?: OwnTexts | undefined
}

export interface Language<T> {
  readonly texts: T
  /** For dates and times. */
  readonly lang: string
}
