/**
 * The faults with which the QA page disturbs its own network. They wrap WebSocket, XMLHttpRequest and fetch before the widget loads, so every
 * connection of the chat goes through them. `?faults=websocket:refuse,delay:300,drop:20` sets them at load; the overlay and `imQa.faults`
 * change them at any time. They act inside the page: this tests how the chat reacts, not proxies or radios.
 */
export interface Faults {
  /** refuse: no upgrade · hang: never opens · mute: opens, then silence · die: closes after two seconds · throw: the constructor throws. */
  websocket: 'ok' | 'refuse' | 'hang' | 'mute' | 'die' | 'throw' | 'missing'
  /** Per cent of frames and answers that are lost. */
  drop: number
  /** Delay in ms, in each direction. */
  delay: number
  /** Per cent of frames and posts that arrive twice. */
  duplicate: number
  /** Per cent of incoming frames that are overtaken by the next. */
  reorder: number
  offline: boolean
  /** The gateway answers nothing, while the device has a network. */
  away: boolean
}

export const NO_FAULTS: Readonly<Faults> = { websocket: 'ok', drop: 0, delay: 0, duplicate: 0, reorder: 0, offline: false, away: false }

export const WEBSOCKET_FAULTS: readonly Faults['websocket'][] = ['ok', 'refuse', 'hang', 'mute', 'die', 'throw', 'missing']

/** Reads `websocket:mute,drop:20,offline` and ignores unknown words. */
export function parseFaults(text: string): Faults {
  const faults = { ...NO_FAULTS }
  for (const part of text.split(',')) {
    const [name, value] = part.trim().split(':')
    const socket = WEBSOCKET_FAULTS.filter((each) => each === value)[0]
    if (name === 'websocket' && socket) faults.websocket = socket
    if (name === 'drop' || name === 'delay' || name === 'duplicate' || name === 'reorder') faults[name] = Number(value) || 0
    if (name === 'offline' || name === 'away') faults[name] = true
  }
  return faults
}

/** Whether nothing reaches the gateway. */
export const isCut = ({ offline, away }: Faults): boolean => offline || away

export const strikes = (percent: number): boolean => Math.random() * 100 < percent
