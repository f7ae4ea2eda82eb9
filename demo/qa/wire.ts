/** What went over the network, measured below the widget: which transport carries, how long an answer takes, how much. */
export interface Wire {
  /** What carried the last packet, not what was planned. */
  transport: 'none' | 'websocket' | 'polling'
  /** Of the last command that was answered, ms. */
  rttMs: number | undefined
  sent: number
  received: number
  lost: number
  websocketsOpened: number
}

export const wire: Wire = { transport: 'none', rttMs: undefined, sent: 0, received: 0, lost: 0, websocketsOpened: 0 }

const asked: Record<string, number> = {}

/** `payload` as engine.io or the raw door carries it: packets separated by \x1e, `4` in front on engine.io. */
export function noteSent(transport: 'websocket' | 'polling', payload: unknown): void {
  for (const packet of packetsOf(payload)) {
    const id = /^4?2(\d+)\[/.exec(packet)
    if (id?.[1]) asked[id[1]] = Date.now()
    if (/^4?[0-4]/.test(packet)) wire.sent++
  }
  if (transport === 'polling' || wire.transport !== 'polling') wire.transport = transport
}

export function noteReceived(transport: 'websocket' | 'polling', payload: unknown): void {
  for (const packet of packetsOf(payload)) {
    const id = /^4?3(\d+)\[/.exec(packet)
    const at = id?.[1] && asked[id[1]]
    if (at) wire.rttMs = Date.now() - at
    if (id?.[1]) delete asked[id[1]]
    wire.received++
    // an answer to the upgrade's probe is not yet a carrier
    if (packet !== '3probe') wire.transport = transport
  }
}

const packetsOf = (payload: unknown): string[] => (typeof payload === 'string' && payload ? payload.split('\x1e') : [])
