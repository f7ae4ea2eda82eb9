import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpLimits } from './http-limits.ts'

interface Watched {
  /** In the list of all. */
  place: number
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly hasBody: boolean
  /** The body's time budget as of the last check: bytes that arrive add to it, up to `bodyMs`. */
  leftMs: number
  checkedAt: number
  /** How many bytes the socket had received at the last check. */
  read: number
  answeredAt: number | undefined
  /** How much of the answer the client has taken, and since when that has not changed. */
  taken: string
  takenAt: number
}

/** Whether a request has a body; a GET may have one too. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * Cuts connections whose bodies arrive too slowly or whose answers are not taken; either could hold memory without end. A slow phone sends
 * hundreds of bytes a second, and each adds to its time. Node's own socket timeout is not enough: progress in one direction resets it for both.
 */
export class SlowRequests {
  readonly #limits: HttpLimits
  readonly #now: () => number
  /** In no order. Not a Set: one that each request enters and leaves keeps all of them from the young collector (docs/decisions/0051). */
  readonly #watched: Watched[] = []

  /** `now`: ms on a clock that never steps. */
  constructor(limits: HttpLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /** Returns what must be called once the answer has left. */
  watch(request: IncomingMessage, response: ServerResponse): () => void {
    const isBody = hasBody(request)
    const watched: Watched = {
      place: this.#watched.length,
      request,
      response,
      hasBody: isBody,
      leftMs: this.#limits.bodyMs,
      checkedAt: isBody ? this.#now() : 0,
      read: request.socket.bytesRead,
      answeredAt: undefined,
      // unlike anything at the first check
      taken: '',
      takenAt: 0,
    }
    this.#watched.push(watched)
    return () => {
      if (!isBody || request.complete) this.#forget(watched)
      else watched.answeredAt = this.#now()
    }
  }

  check(): void {
    for (const watched of [...this.#watched]) {
      const {
        request: { socket, complete },
        hasBody: hasRequestBody,
        answeredAt,
      } = watched
      if (socket.destroyed || (answeredAt !== undefined && (complete || !hasRequestBody))) this.#forget(watched)
      else if ((hasRequestBody && !complete && this.#isBodySlow(watched)) || this.#isAnswerStalled(watched)) socket.destroy()
    }
  }

  /** The last one takes its place. */
  #forget(watched: Watched): void {
    const { place } = watched
    if (this.#watched[place] !== watched) return
    const last = this.#watched.pop()!
    if (last === watched) return
    this.#watched[place] = last
    last.place = place
  }

  #isBodySlow(watched: Watched): boolean {
    const { bodyMs, bodyBytesPerSecond, lingerMs } = this.#limits
    const {
      request: {
        socket: { bytesRead },
      },
      answeredAt,
    } = watched
    const now = this.#now()
    if (answeredAt !== undefined && now - answeredAt > lingerMs) return true
    const left = watched.leftMs - (now - watched.checkedAt) + ((bytesRead - watched.read) / bodyBytesPerSecond) * 1000
    watched.leftMs = Math.min(bodyMs, left)
    watched.checkedAt = now
    watched.read = bytesRead
    return left < 0
  }

  #isAnswerStalled(watched: Watched): boolean {
    const {
      response,
      request: { socket },
    } = watched
    const taken = takenOf(socket)
    if (!response.headersSent || socket.writableLength === 0 || taken !== watched.taken) {
      watched.taken = taken
      watched.takenAt = this.#now()
    }
    return this.#now() - watched.takenAt > this.#limits.answerMs
  }
}

/** Changes whenever the kernel takes bytes, also in the middle of a large write. Node's own timeout reads the same fields. */
function takenOf(socket: Socket): string {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly writeQueueSize: number } | null }
  return `${socket.bytesWritten - socket.writableLength} ${handle?.writeQueueSize ?? 0}`
}
