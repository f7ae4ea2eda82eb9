import { cutRequests } from './faulty-requests.ts'
import { cutSockets } from './faulty-socket.ts'
import { deviceReport } from './device-report.ts'
import { isCut, NO_FAULTS, WEBSOCKET_FAULTS, type Faults } from './faults.ts'
import { readings, type Readings } from './readings.ts'
import type { Recorder } from './recorder.ts'

const EVERY_MS = 250

/**
 * The tester's strip at the top of the page: readings in one line, and under "Tools" the switches, the recorder and the report.
 * Nothing in it takes the focus from the chat's field, because a keyboard that closes would change the readings.
 */
export function showOverlay(faults: Faults, recorder: Recorder): void {
  const strip = make('div', 'qa-strip', document.body)
  const line = make('output', 'qa-line', strip)
  const tools = make('div', 'qa-tools', document.body)
  tools.hidden = true
  press(strip, ['Tools', 'tools'], () => {
    tools.hidden = !tools.hidden
  })
  switches(tools, faults)
  const out = document.createElement('textarea')
  recording(tools, recorder, out)
  press(tools, ['Device report', 'report'], () => show(out, deviceReport()))
  out.readOnly = true
  out.className = 'qa-out'
  out.setAttribute('data-qa', 'out')
  tools.appendChild(out)
  const refresh = (): void => {
    line.textContent = sentence(readings())
    strip.className = `qa-strip${recorder.isRecording ? ' qa-recording' : ''}`
  }
  setInterval(refresh, EVERY_MS)
  refresh()
}

/** Closes open connections, as when a network is lost. */
export function cut(): void {
  cutSockets()
  cutRequests()
}

/** Applies new faults; closes open connections when `offline` or `away` turns on. */
export function applyFaults(faults: Faults, wanted: Partial<Faults>): void {
  const [wasOffline, wasCut] = [faults.offline, isCut(faults)]
  Object.assign(faults, wanted)
  if (isCut(faults) && !wasCut) cut()
  if (faults.offline === wasOffline) return
  const event = document.createEvent('Event')
  event.initEvent(faults.offline ? 'offline' : 'online', false, false)
  window.dispatchEvent(event)
}

function sentence(now: Readings): string {
  const [width, height] = now.inner
  const visual = now.visual ? ` vv ${now.visual[1]}@${now.visual[2]}×${now.visual[3]}` : ''
  const gap = now.composerBottom === undefined ? '' : ` composer ${now.composerBottom}/${now.visibleBottom}`
  return (
    `${now.connection || 'no chat'} ${now.transport} rtt ${now.rttMs ?? '–'} out ${now.outbox} seq ${now.lastSeq} · ` +
    `${width}×${height}${visual}${now.keyboard ? ` kb ${now.keyboard}` : ''} safe ${now.safeArea.join(' ')}${gap}` +
    `${now.isComposing ? ' · composing' : ''}`
  )
}

function switches(tools: HTMLElement, faults: Faults): void {
  const row = make('div', 'qa-row', tools)
  const update: (() => void)[] = []
  const all = (wanted: Partial<Faults>): void => {
    applyFaults(faults, wanted)
    for (const each of update) each()
  }
  for (const websocket of WEBSOCKET_FAULTS) {
    const button = press(row, [`ws ${websocket}`, `websocket-${websocket}`], () => all({ websocket }))
    update.push(() => button.setAttribute('aria-pressed', String(faults.websocket === websocket)))
  }
  for (const [name, value] of [
    ['drop', 20],
    ['delay', 1500],
    ['duplicate', 50],
    ['reorder', 50],
  ] as const) {
    const button = press(row, [`${name} ${value}`, name], () => all({ [name]: faults[name] ? 0 : value }))
    update.push(() => button.setAttribute('aria-pressed', String(faults[name] > 0)))
  }
  for (const name of ['offline', 'away'] as const) {
    const button = press(row, [name, name], () => all({ [name]: !faults[name] }))
    update.push(() => button.setAttribute('aria-pressed', String(faults[name])))
  }
  press(row, ['all well', 'none'], () => all({ ...NO_FAULTS }))
  for (const each of update) each()
}

function recording(tools: HTMLElement, recorder: Recorder, out: HTMLTextAreaElement): void {
  const row = make('div', 'qa-row', tools)
  const button = press(row, ['Record', 'record'], () => {
    if (recorder.isRecording) show(out, recorder.stop())
    else if (!recorder.start()) show(out, 'There is no open chat to record.')
    button.textContent = recorder.isRecording ? 'Stop' : 'Record'
  })
  press(row, ['Export', 'export'], () => save(out.value))
}

const show = (out: HTMLTextAreaElement, value: unknown): void => {
  out.value = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}

/** Saves the text as a file. In a WebView that saves no files testers copy it from the field. */
function save(text: string): void {
  const link = document.createElement('a')
  link.download = 'trace.json'
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.click()
}

function make(tag: string, className: string, parent: HTMLElement): HTMLElement {
  const element = document.createElement(tag)
  element.className = className
  return parent.appendChild(element)
}

function press(parent: HTMLElement, [label, id]: readonly [string, string], act: () => void): HTMLElement {
  const button = make('button', 'qa-button', parent)
  button.setAttribute('type', 'button')
  button.setAttribute('data-qa', id)
  button.textContent = label
  const keepFocus = (event: Event): void => event.preventDefault()
  button.addEventListener('mousedown', keepFocus)
  button.addEventListener('touchstart', keepFocus)
  button.addEventListener('touchend', (event) => {
    event.preventDefault()
    act()
  })
  button.addEventListener('click', act)
  return button
}
