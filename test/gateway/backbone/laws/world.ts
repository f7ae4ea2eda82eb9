import type { Backbone } from '../../../../gateway/backbone/backbone.ts'

/** What the laws are tried on. */
export interface World {
  /** The backbone under test. */
  readonly backbone: Backbone
  /** A second node where there can be one, else the same. */
  readonly other: Backbone
  /** From here on `backbone` is a new one over the same data. */
  restart(): Promise<void>
}
