export interface Size {
  readonly width: number
  readonly height: number
}

/** A point of the stage, px from its middle. */
export interface Spot {
  readonly x: number
  readonly y: number
}

const MOST = 8

/**
 * How a picture lies on its stage: scaled about its middle, then moved. At scale 1 it fits and stays in the middle; larger, it moves only so
 * far that no edge comes further than the stage's own.
 */
export class Zoom {
  scale = 1
  x = 0
  y = 0
  /** Of the picture at scale 1, and of the stage. */
  readonly #sizes: () => { readonly picture: Size; readonly stage: Size }

  constructor(sizes: () => { readonly picture: Size; readonly stage: Size }) {
    this.#sizes = sizes
  }

  /** Scales by `factor`; what is at `spot` stays there. */
  by(factor: number, spot: Spot = { x: 0, y: 0 }): void {
    const scale = Math.min(MOST, Math.max(1, this.scale * factor))
    const ratio = scale / this.scale
    this.scale = scale
    this.move(spot.x - (spot.x - this.x) * ratio - this.x, spot.y - (spot.y - this.y) * ratio - this.y)
  }

  move(dx: number, dy: number): void {
    const { picture, stage } = this.#sizes()
    this.x = within(this.x + dx, (picture.width * this.scale - stage.width) / 2)
    this.y = within(this.y + dy, (picture.height * this.scale - stage.height) / 2)
  }

  reset(): void {
    this.scale = 1
    this.x = this.y = 0
  }
}

/** Nothing beyond the stage, nothing to move. */
const within = (value: number, room: number): number => (room <= 0 ? 0 : Math.min(room, Math.max(-room, value)))
