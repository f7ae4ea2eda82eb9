import type { Duplex } from 'node:stream'

/** Gathers what is written to sockets within one turn of the event loop: one system call a socket, not one a frame. */
export class Corks {
  readonly #corked = new Set<Duplex>()

  readonly #uncork = (): void => {
    const sockets = [...this.#corked]
    this.#corked.clear()
    for (const socket of sockets) socket.uncork()
  }

  write(socket: Duplex, frame: Buffer, onWritten: () => void): void {
    if (!this.#corked.has(socket)) {
      if (this.#corked.size === 0) setImmediate(this.#uncork)
      this.#corked.add(socket)
      socket.cork()
    }
    socket.write(frame, onWritten)
  }
}
