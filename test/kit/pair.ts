import type { Clock } from '../../widget/client/clock.ts'
import type { TransportEvents, TransportPort } from '../../widget/client/transport.ts'
import type { TransportName } from '../../widget/client/types.ts'

/** The far end of one in-memory pipe. */
export interface FarEnd {
  readonly transport: TransportName
  send(packet: string): void
  /** Cuts without a word, both ways. */
  cut(reason?: string): void
  readonly isOpen: boolean
}

/** What listens at the far side: called for each pipe that opens; gets its packets through what it returns. */
export type Accept = (far: FarEnd) => { onPacket(packet: string): void; onClose(): void }

/** How one kind of pipe behaves, read at every step, so a test may change it while it runs. */
export interface Weather {
  /** One way, ms. A function may draw it anew for every packet (packets may then overtake each other). */
  delay: number | (() => number)
  /** works; refused at once; hangs without an answer; opens and never carries anything. */
  mode: 'works' | 'refused' | 'hangs' | 'mute'
  /** Whether this packet is to vanish. */
  drops?: (packet: string, to: 'client' | 'gateway') => boolean
  /** Whether this packet is to arrive twice. */
  doubles?: (packet: string, to: 'client' | 'gateway') => boolean
}

export const CLEAR: Weather = { delay: 0, mode: 'works' }

/** One kind of in-memory pipe: as real ones, everything arrives later, never within the call. */
export function pairPort(options: { name: TransportName; clock: Clock; accept: Accept; weather: Weather; silenceMs?: number }): TransportPort {
  const { name, clock, accept, weather, silenceMs = 35_000 } = options
  const delay = (): number => (typeof weather.delay === 'number' ? weather.delay : weather.delay())
  return { name, open: (events) => openPipe({ name, clock, accept, weather, silenceMs, delay, events }) }
}

function openPipe(options: {
  name: TransportName
  clock: Clock
  accept: Accept
  weather: Weather
  silenceMs: number
  delay: () => number
  events: TransportEvents
}) {
  const { name, clock, accept, weather, silenceMs, delay, events } = options
  let isOver = false
  let near: ReturnType<Accept> | undefined
  const carry = (packet: string, to: 'client' | 'gateway', deliver: () => void): void => {
    if (isOver || weather.mode === 'mute' || weather.drops?.(packet, to)) return
    clock.after(delay(), deliver)
    if (weather.doubles?.(packet, to)) clock.after(delay(), deliver)
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
    get isOpen() {
      return !isOver
    },
  }
  const beat = (): void => {
    if (isOver) return
    clock.after(silenceMs * 0.7, beat)
    carry('heartbeat', 'client', () => void (isOver || events.onHeard()))
  }
  if (weather.mode === 'refused') clock.after(delay() * 2, () => cut('refused'))
  if (weather.mode === 'works') {
    clock.after(delay() * 2, () => {
      if (isOver) return
      near = accept(far)
      events.onOpen(silenceMs)
      beat()
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
