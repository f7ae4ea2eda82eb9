import type { Clock } from '../../widget/client/clock.ts'
import type { TransportEvents, TransportPort } from '../../widget/client/transport.ts'
import type { TransportName } from '../../widget/client/types.ts'

/** The far end of one in-memory pipe. */
export interface FarEnd {
  readonly transport: TransportName
  send(packet: string): void
  /** Cuts the connection in both directions. */
  cut(reason?: string): void
  /** Closes the connection: what was sent before still arrives. */
  end(): void
  readonly isOpen: boolean
}

/** The far side's listener: called for each pipe that opens; its result gets the packets. */
export type Accept = (far: FarEnd) => { onPacket(packet: string): void; onClose(): void }

/** The faults of one kind of pipe, read at every step, so that a test may change them at any time. */
export interface PipeFaults {
  /** One way, ms. A function is called for every packet (packets may then overtake each other). */
  delay: number | (() => number)
  /** works · refused at once · hangs without an answer · mute: opens and carries nothing. */
  mode: 'works' | 'refused' | 'hangs' | 'mute'
  /** A hello goes along with the opening. */
  takesHello?: boolean
  /** Whether this packet is lost. */
  drops?: (packet: string, to: 'client' | 'gateway') => boolean
  /** Whether this packet arrives twice. */
  doubles?: (packet: string, to: 'client' | 'gateway') => boolean
}

export const NO_FAULTS: PipeFaults = { delay: 0, mode: 'works' }

/** An in-memory transport: as with a real one, packets arrive later, never within the call. */
export function pairPort(options: { name: TransportName; clock: Clock; accept: Accept; faults: PipeFaults; silenceMs?: number }): TransportPort {
  const { name, clock, accept, faults, silenceMs = 35_000 } = options
  const delay = (): number => (typeof faults.delay === 'number' ? faults.delay : faults.delay())
  return { name, open: (events, hello) => openPipe({ name, clock, accept, faults, silenceMs, delay, events, hello }) }
}

function openPipe(options: {
  name: TransportName
  clock: Clock
  accept: Accept
  faults: PipeFaults
  silenceMs: number
  delay: () => number
  events: TransportEvents
  hello: (() => string | undefined) | undefined
}) {
  const { name, clock, accept, faults, silenceMs, delay, events, hello } = options
  let isOver = false
  let near: ReturnType<Accept> | undefined
  const carry = (packet: string, to: 'client' | 'gateway', deliver: () => void): void => {
    if (isOver || faults.mode === 'mute' || faults.drops?.(packet, to)) return
    clock.after(delay(), deliver)
    if (faults.doubles?.(packet, to)) clock.after(delay(), deliver)
  }
  const cut = (reason: string): void => {
    if (isOver) return
    isOver = true
    near?.onClose()
    clock.after(0, () => events.onClose(reason))
  }
  const far: FarEnd = {
    transport: name,
    send: (packet) => carry(packet, 'client', () => void (isOver || events.onPacket(packet))),
    cut: (reason = 'cut') => cut(reason),
    end: () => void clock.after(delay(), () => cut('cut')),
    get isOpen() {
      return !isOver
    },
  }
  const beat = (): void => {
    if (isOver) return
    clock.after(silenceMs * 0.7, beat)
    carry('heartbeat', 'client', () => void (isOver || events.onHeard()))
  }
  if (faults.mode === 'refused') clock.after(delay() * 2, () => cut('refused'))
  if (faults.mode === 'works') {
    const opened = (isGreeted: boolean): void => {
      if (isOver) return
      near ??= accept(far)
      events.onOpen(silenceMs, isGreeted)
      beat()
    }
    if (!faults.takesHello) clock.after(delay() * 2, () => opened(false))
    else
      clock.after(0, () => {
        const packet = hello?.()
        clock.after(delay(), () => {
          clock.after(delay(), () => opened(packet !== undefined))
          near = accept(far)
          if (packet) near.onPacket(packet)
        })
      })
  }
  return {
    send: (packet: string) => carry(packet, 'gateway', () => void (isOver || near?.onPacket(packet))),
    close() {
      if (isOver) return
      isOver = true
      clock.after(delay(), () => near?.onClose())
    },
  }
}
