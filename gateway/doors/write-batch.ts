import type { Duplex } from 'node:stream'

/** A turn gathers at most this, so that the kernel shows at once whether the client keeps up. */
const FLUSH_BYTES = 16_384

/** Gathers what is written to sockets within one turn of the event loop: one system call a socket, not one a frame. */
export class WriteBatch {
  /** Corked sockets, with the bytes gathered since the last flush. */
  readonly #corked = new Map<Duplex, number>()

  readonly #uncork = (): void => {
    const sockets = [...this.#corked.keys()]
    this.#corked.clear()
    for (const socket of sockets) socket.uncork()
  }

  write(socket: Duplex, frame: Buffer, onWritten: () => void): void {
    let gathered = this.#corked.get(socket)
    if (gathered === undefined) {
      if (this.#corked.size === 0) setImmediate(this.#uncork)
      gathered = 0
      socket.cork()
    }
    socket.write(frame, onWritten)
    gathered += frame.length
    if (gathered >= FLUSH_BYTES) {
      socket.uncork()
      socket.cork()
      gathered = 0
    }
    this.#corked.set(socket, gathered)
  }
}
