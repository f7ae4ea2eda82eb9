import { chatParts } from './chat-parts.ts'

/** Records how a person writes and sends one message, in the format of test/traces/README.md. Listens before the composer does, and prevents nothing. */
const FIELD = [
  'keydown',
  'keypress',
  'keyup',
  'beforeinput',
  'input',
  'compositionstart',
  'compositionupdate',
  'compositionend',
  'focus',
  'blur',
  'paste',
  'submit',
]
/** Of a finger or a mouse, in the field and on the button. */
const POINTER = ['pointerdown', 'pointerup', 'touchstart', 'touchend', 'mousedown', 'mouseup', 'click']

export interface Recording {
  readonly format: 'im-chat-trace/1'
  name: string
  readonly origin: 'recorded'
  readonly os: string
  readonly browser: string
  inputMethod: string
  readonly field: 'textarea'
  readonly userAgent: string
  /** `field`: what stays in the field. */
  expect: { sends: string[]; field: string }
  readonly events: Record<string, unknown>[]
}

export interface Recorder {
  readonly isRecording: boolean
  /** False where there is no open chat to record. */
  start(): boolean
  stop(): Recording | undefined
}

export function createRecorder(): Recorder {
  let current: { readonly recording: Recording; readonly end: () => void } | undefined
  return {
    get isRecording() {
      return current !== undefined
    },
    start() {
      const parts = chatParts()
      if (!parts || current) return false
      const recording = blank()
      const from = Date.now()
      const note = (event: Event): void => {
        const on = parts.button === event.target || parts.button.contains(event.target as Node) ? 'button' : undefined
        if (!on && event.target !== parts.field && event.type !== 'submit') return
        recording.events.push({ at: Date.now() - from, ...(on && { on }), ...entry(event, parts.field) })
      }
      const viewport = (): void => void recording.events.push(viewportEntry(Date.now() - from))
      const onSend = (event: Event): void => void recording.expect.sends.push((event as CustomEvent<{ text: string }>).detail.text)
      parts.chat.addEventListener('im-send', onSend)
      const unlisten = listen(parts.chat.shadowRoot, note, viewport)
      const end = (): void => {
        parts.chat.removeEventListener('im-send', onSend)
        unlisten()
        recording.expect.field = parts.field.value
      }
      current = { recording, end }
      return true
    },
    stop() {
      if (!current) return undefined
      current.end()
      const { recording } = current
      current = undefined
      return recording
    },
  }
}

const blank = (): Recording => ({
  format: 'im-chat-trace/1',
  name: 'name me',
  origin: 'recorded',
  os: navigator.platform,
  browser: /(Firefox|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? 'unknown',
  inputMethod: 'name me',
  field: 'textarea',
  userAgent: navigator.userAgent,
  expect: { sends: [], field: '' },
  events: [],
})

function listen(root: ShadowRoot | null, note: (event: Event) => void, viewport: () => void): () => void {
  if (!root) return () => undefined
  const names = FIELD.concat(POINTER)
  for (const name of names) root.addEventListener(name, note, true)
  const visual = window.visualViewport
  visual?.addEventListener('resize', viewport)
  visual?.addEventListener('scroll', viewport)
  window.addEventListener('resize', viewport)
  return () => {
    for (const name of names) root.removeEventListener(name, note, true)
    visual?.removeEventListener('resize', viewport)
    visual?.removeEventListener('scroll', viewport)
    window.removeEventListener('resize', viewport)
  }
}

function entry(event: Event, field: HTMLTextAreaElement): Record<string, unknown> {
  const row: Record<string, unknown> = { type: event.type }
  const key = event as KeyboardEvent
  const input = event as InputEvent
  if (event.type.indexOf('key') === 0) {
    row.key = key.key
    row.keyCode = key.keyCode
    if (key.code) row.code = key.code
    if (key.shiftKey) row.shift = true
    if (key.ctrlKey) row.ctrl = true
    if (key.altKey) row.alt = true
    if (key.metaKey) row.meta = true
    if (key.repeat) row.repeat = true
  }
  if (event.type === 'input' || event.type === 'beforeinput') {
    row.inputType = input.inputType
    row.data = input.data
    if (event.type === 'input') {
      row.value = field.value
      if (field.selectionEnd !== field.value.length) row.caret = field.selectionEnd
    } else if (!event.cancelable) row.notCancelable = true
  }
  if (event.type.indexOf('composition') === 0) row.data = (event as CompositionEvent).data
  if (key.isComposing) row.composing = true
  return row
}

function viewportEntry(at: number): Record<string, unknown> {
  const visual = window.visualViewport
  const seen = visual ? { height: visual.height, offsetTop: visual.offsetTop, scale: visual.scale } : {}
  return { at, type: 'viewport', innerHeight: window.innerHeight, ...seen }
}
