/**
 * The QA page's script: a classic script in the head, before the widget. It installs the faults, shows the overlay, and gives drivers all of
 * it as `window.imQa`. It is built to ES5, because old phones need the most testing.
 */
import { outboxLength, shownMessages } from './chat-parts.ts'
import { deviceReport } from './device-report.ts'
import { NO_FAULTS, parseFaults, type Faults } from './faults.ts'
import { harmRequests } from './faulty-requests.ts'
import { faultySocket } from './faulty-socket.ts'
import { applyFaults, cut, showOverlay } from './overlay.ts'
import { probeSafeArea, readings, watchComposition } from './readings.ts'
import { createRecorder } from './recorder.ts'

const asked = (name: string): string => decodeURIComponent(new RegExp(`[?&]${name}=([^&]*)`).exec(location.search)?.[1] ?? '')

const faults: Faults = parseFaults(asked('faults'))
const recorder = createRecorder()
const errors: string[] = []
const sends: string[] = []

window.addEventListener('error', (event) => void errors.push(String(event.message)))
window.addEventListener('unhandledrejection', (event) => void errors.push(`rejection: ${String((event as PromiseRejectionEvent).reason)}`))
document.addEventListener('securitypolicyviolation', (event) => void errors.push(`csp: ${event.violatedDirective} ${event.blockedURI}`))

if (faults.websocket === 'missing') Object.defineProperty(window, 'WebSocket', { value: undefined })
else if (window.WebSocket) window.WebSocket = faultySocket(window.WebSocket, faults)
harmRequests(faults)
watchComposition()

Object.assign(window, {
  imQa: {
    readings,
    deviceReport,
    recorder,
    shownMessages,
    outboxLength,
    errors,
    sends,
    cut,
    faults: (wanted?: Partial<Faults>) => applyFaults(faults, wanted ?? NO_FAULTS),
  },
})

document.addEventListener('DOMContentLoaded', () => {
  const chat = document.querySelector('im-chat')
  for (const name of ['to', 'token', 'gateway', 'enter', 'lang', 'theme', 'mode', 'open']) if (asked(name)) chat?.setAttribute(name, asked(name))
  chat?.addEventListener('im-send', (event) => void sends.push((event as CustomEvent<{ text: string }>).detail.text))
  probeSafeArea()
  if (asked('overlay') !== 'off') showOverlay(faults, recorder)
})
