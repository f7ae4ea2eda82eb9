import { isCut, strikes, type Faults } from './faults.ts'
import { noteReceived, noteSent, wire } from './wire.ts'

const DIES_AFTER_MS = 2000

/**
 * A WebSocket constructor that disturbs the packets of the native one. It returns a native socket, catches its events before any other
 * listener, and fires them again: at once, late, twice or never. Everything else is the browser's own.
 */
export function faultySocket(Native: typeof WebSocket, faults: Faults): typeof WebSocket {
  const Faulty = function (url: string, protocols?: string | string[]): WebSocket {
    if (faults.websocket === 'throw') throw new Error('SecurityError: WebSocket is forbidden here (a fault of the QA page)')
    const isRefused = isCut(faults) || faults.websocket === 'refuse'
    const address = isRefused ? url.replace(/^(wss?:\/\/[^/]+).*/, '$1/refused-by-the-qa-page') : url
    const socket = protocols === undefined ? new Native(address) : new Native(address, protocols)
    harm(socket, faults)
    return socket
  }
  Faulty.prototype = Native.prototype
  Object.assign(Faulty, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })
  return Faulty as unknown as typeof WebSocket
}

const sockets: WebSocket[] = []

/** Closes every WebSocket at once, as when a phone loses its network. */
export const cutSockets = (): void => sockets.splice(0).forEach((socket) => socket.close())

function harm(socket: WebSocket, faults: Faults): void {
  const isHanging = faults.websocket === 'hang'
  const isMute = faults.websocket === 'mute'
  sockets.push(socket)
  socket.addEventListener('open', (event) => {
    if (isHanging) return event.stopImmediatePropagation()
    wire.websocketsOpened++
    if (faults.websocket === 'die') setTimeout(() => socket.close(), DIES_AFTER_MS)
  })
  const deliver = incoming(socket, faults)
  socket.addEventListener('message', (event) => {
    if (passed(event)) return noteReceived('websocket', event.data)
    event.stopImmediatePropagation()
    if (isHanging || isMute || faults.websocket === 'mute') wire.lost++
    else deliver(event.data)
  })
  const send = socket.send
  socket.send = (data: string) => {
    if (isHanging || isMute || isCut(faults) || strikes(faults.drop)) return void wire.lost++
    noteSent('websocket', data)
    const times = strikes(faults.duplicate) ? 2 : 1
    const go = (): void => {
      for (let n = 0; n < times; n++) if (socket.readyState === 1) send.call(socket, data)
    }
    if (faults.delay) setTimeout(go, faults.delay)
    else go()
  }
}

/** Delivers incoming frames: some never, some twice, some after the next one. */
function incoming(socket: WebSocket, faults: Faults): (data: unknown) => void {
  const held: unknown[] = []
  const fire = (data: unknown): void => {
    const event = document.createEvent('Event')
    event.initEvent('message', false, false)
    Object.defineProperty(event, 'data', { value: data })
    Object.defineProperty(event, 'isPassed', { value: true })
    socket.dispatchEvent(event)
  }
  return (data) => {
    if (isCut(faults) || strikes(faults.drop)) return void wire.lost++
    const arrive = (): void => {
      if (strikes(faults.reorder) && held.length === 0) {
        held.push(data)
        setTimeout(() => held.splice(0).forEach(fire), 500)
        return
      }
      fire(data)
      held.splice(0).forEach(fire)
      if (strikes(faults.duplicate)) fire(data)
    }
    if (faults.delay) setTimeout(arrive, faults.delay)
    else arrive()
  }
}

const passed = (event: Event): boolean => 'isPassed' in event
