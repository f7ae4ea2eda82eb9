import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpLimits } from './http-limits.ts'

interface Slow {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly hasBody: boolean
  /** What time its body has left, as of the last look: bytes that came gave more, the most is `bodyMs` … */
  leftMs: number
  lookedAt: number
  /** … and how many the socket had brought then. */
  read: number
  answeredAt: number | undefined
  /** How much of what there is for it the other side had taken, and since when that is so. */
  taken: string
  takenAt: number
}

/** Whether a request has one; GET with a body is allowed too. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * Cuts connections whose bodies come too slowly, or whose answers are not taken: either would hold memory for as long as somebody
 * likes. A slow phone moves hundreds of bytes a second, and each gives it more time. Node's own timeout of a socket is not enough: a byte
 * in one direction would excuse the other.
 */
export class SlowRequests {
  readonly #limits: HttpLimits
  readonly #now: () => number
  readonly #slow = new Set<Slow>()

  /** `now`: ms on a clock that never steps. */
  constructor(limits: HttpLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    const now = this.#now()
    const slow: Slow = {
      request,
      response,
      hasBody: hasBody(request),
      leftMs: this.#limits.bodyMs,
      lookedAt: now,
      read: request.socket.bytesRead,
      answeredAt: undefined,
      taken: '',
      takenAt: now,
    }
    this.#slow.add(slow)
    response.once('close', () => {
      slow.answeredAt = this.#now()
      if (!slow.hasBody || request.complete) this.#slow.delete(slow)
    })
  }

  look(): void {
    for (const slow of this.#slow) {
      const {
        request: { socket, complete },
        hasBody: mayCome,
        answeredAt,
      } = slow
      if (socket.destroyed || (answeredAt !== undefined && (complete || !mayCome))) this.#slow.delete(slow)
      else if ((mayCome && !complete && this.#dawdles(slow)) || this.#isStuck(slow)) socket.destroy()
    }
  }

  #dawdles(slow: Slow): boolean {
    const { bodyMs, bodyBytesPerSecond, lingerMs } = this.#limits
    const {
      request: {
        socket: { bytesRead },
      },
      answeredAt,
    } = slow
    const now = this.#now()
    if (answeredAt !== undefined && now - answeredAt > lingerMs) return true
    const left = slow.leftMs - (now - slow.lookedAt) + ((bytesRead - slow.read) / bodyBytesPerSecond) * 1000
    slow.leftMs = Math.min(bodyMs, left)
    slow.lookedAt = now
    slow.read = bytesRead
    return left < 0
  }

  #isStuck(slow: Slow): boolean {
    const {
      response,
      request: { socket },
    } = slow
    const taken = takenOf(socket)
    if (!response.headersSent || socket.writableLength === 0 || taken !== slow.taken) {
      slow.taken = taken
      slow.takenAt = this.#now()
    }
    return this.#now() - slow.takenAt > this.#limits.answerMs
  }
}

/** Changes with each bit the kernel takes, also of a large piece: Node's own timeout looks at the same. */
function takenOf(socket: Socket): string {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly writeQueueSize: number } | null }
  return `${socket.bytesWritten - socket.writableLength} ${handle?.writeQueueSize ?? 0}`
}
