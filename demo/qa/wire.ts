/** What goes over the network, measured below the widget: by which transport, how long an answer takes, and how much. */
export interface Wire {
  /** The transport of the last packet. */
  transport: 'none' | 'websocket' | 'polling'
  /** How long the last answer took, in ms. */
  rttMs: number | undefined
  sent: number
  received: number
  lost: number
  websocketsOpened: number
}

export const wire: Wire = { transport: 'none', rttMs: undefined, sent: 0, received: 0, lost: 0, websocketsOpened: 0 }

const asked: Record<string, number> = {}

/** `payload` is what engine.io or the raw door sends: packets separated by \x1e, on engine.io with a `4` in front. */
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
    // the answer to an upgrade's probe does not mean that packets travel this way
    if (packet !== '3probe') wire.transport = transport
  }
}

const packetsOf = (payload: unknown): string[] => (typeof payload === 'string' && payload ? payload.split('\x1e') : [])
