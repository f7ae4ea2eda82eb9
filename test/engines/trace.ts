import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from './page.ts'

/** One recorded act of writing and what has to be sent for it. The format is told in test/traces/README.md. */
export interface Trace {
  readonly format: 'im-chat-trace/1'
  readonly name: string
  readonly origin: 'recorded' | 'protocol' | 'written'
  readonly os: string
  readonly browser: string
  readonly inputMethod: string
  readonly field: 'textarea' | 'input'
  readonly source?: string
  readonly expect: {
    readonly sends: readonly string[]
    /** What stays in the field. */
    readonly field?: string
  }
  readonly events: readonly TraceEvent[]
}

export interface TraceEvent {
  readonly type: string
  readonly at?: number
  readonly on?: 'button'
  readonly key?: string
  readonly keyCode?: number
  readonly code?: string
  readonly inputType?: string
  readonly data?: string | null
  readonly value?: string
  /** Where the caret was after an input, if not at the end. */
  readonly caret?: number
  readonly composing?: boolean
  readonly shift?: boolean
  readonly ctrl?: boolean
  readonly alt?: boolean
  readonly meta?: boolean
  readonly repeat?: boolean
  readonly notCancelable?: boolean
}

const folder = path.resolve('test/traces')

/** Every trace of test/traces, by file name. */
export function readTraces(): ReadonlyMap<string, Trace> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
  return new Map(files.map((file) => [file, readTrace(readFileSync(path.join(folder, file), 'utf8'), file)]))
}

function readTrace(text: string, file: string): Trace {
  const trace = JSON.parse(text) as Trace
  if (trace.format !== 'im-chat-trace/1') throw new Error(`${file}: format is ${String(trace.format)}`)
  if (!Array.isArray(trace.events) || !Array.isArray(trace.expect?.sends)) throw new Error(`${file}: no events or no expect.sends`)
  if (!/^(string|undefined)$/.test(typeof trace.expect.field)) throw new Error(`${file}: expect.field is no text`)
  return trace
}

/**
 * Fires the trace as script events on the composer found by `field` (an expression), its form and its button, and moves the page's clock by the pauses
 * that the trace kept; it does not wait. Resolves with what stays in the field. Rules: README of test/traces.
 */
export const replayTrace = (page: Pick<Page, 'evaluate'>, field: string, trace: Trace): Promise<string> =>
  page.evaluate(`(${replay.toString()})(${field}, ${JSON.stringify(trace.events)})`)

/** Runs in the page; only what Chromium 64 and WebKit 602 read. */
function replay(field: HTMLTextAreaElement, events: readonly TraceEvent[]): string {
  const form = field.form!
  const button = form.querySelector('[type=submit]')!
  const { performance } = window
  const read = performance.now
  const start = read.call(performance)
  /** ms since the start, as the trace tells it. */
  let clock = 0
  performance.now = function () {
    return start + clock
  }
  const define = (event: Event, name: string, value: unknown): unknown =>
    Object.defineProperty(event, name, {
      get: function () {
        return value
      },
    })
  const make = function (each: TraceEvent): Event {
    const cancelable = each.type !== 'input' && !each.notCancelable && !each.type.startsWith('composition')
    const event = document.createEvent('Event')
    event.initEvent(each.type, true, cancelable)
    define(event, 'composed', true)
    define(event, 'isComposing', !!each.composing)
    if (each.type.startsWith('key')) {
      define(event, 'key', each.key)
      define(event, 'code', each.code || '')
      define(event, 'keyCode', each.keyCode)
      define(event, 'which', each.keyCode)
      define(event, 'shiftKey', !!each.shift)
      define(event, 'altKey', !!each.alt)
      define(event, 'ctrlKey', !!each.ctrl)
      define(event, 'metaKey', !!each.meta)
      define(event, 'repeat', !!each.repeat)
    } else if (each.type.startsWith('touch')) {
      const box = (each.on === 'button' ? button : field).getBoundingClientRect()
      const finger = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }
      define(event, 'touches', each.type === 'touchend' ? [] : [finger])
      define(event, 'changedTouches', [finger])
    } else if (each.type.startsWith('pointer')) {
      define(event, 'pointerType', 'touch')
    } else {
      if ('inputType' in each) define(event, 'inputType', each.inputType)
      define(event, 'data', each.data === undefined ? null : each.data)
    }
    return event
  }
  /** The trace's own field before the event, and the part of it that has left this one by a send. */
  let before = ''
  let gone = ''
  /** The prevented event whose consequences do not happen here, and when it was. */
  let prevented = ''
  let preventedAt = 0
  const isConsequence = function ({ type, on, at }: TraceEvent): boolean {
    if (at !== undefined && at - preventedAt > 100) return false
    if (prevented === 'click') return type === 'submit'
    if (prevented === 'mousedown') return /^(blur|focus)$/.test(type)
    if (prevented.startsWith('touch')) return on === 'button' ? /^(mouse|click)/.test(type) : /^(blur|focus|submit)$/.test(type)
    if (/^(keyup|keydown|composition|pointer|touch|blur|focus)/.test(type)) return false
    return !(prevented === 'beforeinput' && type === 'beforeinput')
  }
  /** The composer ends a composition by losing the focus for a moment: what the trace tells of that happens here by itself. */
  let isComposing = false
  let isEnding = false
  const write = function (each: TraceEvent): void {
    const value = each.value || ''
    // What is inserted behind the part that is gone makes the text longer.
    const isWhole = value === each.data || (value === gone && !(each.inputType || '').startsWith('delete'))
    const isFresh = gone === '' || isWhole || value.indexOf(gone) !== 0
    if (isFresh) gone = ''
    field.value = isFresh ? value : value.slice(gone.length).replace(/^\n/, '')
    const end = field.value.length
    const caret = each.caret === undefined ? end : Math.max(0, each.caret - gone.length)
    field.setSelectionRange(caret, caret)
    before = value
  }
  const isPlayed = /^(key|beforeinput$|input$|composition|submit$|blur$|focus$|touch|pointer|mouse|click$)/
  field.focus()
  events.forEach(function (each, index) {
    const { type } = each
    if (each.at !== undefined) clock = Math.max(clock, each.at)
    if (!isPlayed.test(type) || (type === 'click' && each.on !== 'button')) return
    if (isEnding) {
      isEnding = type !== 'focus'
      return
    }
    if (prevented !== '') {
      if (isConsequence(each)) return
      prevented = ''
    }
    if (type === 'blur' || type === 'focus') {
      field[type]()
      return
    }
    if (type === 'input') write(each)
    if (type.startsWith('composition')) isComposing = type !== 'compositionend'
    const had = field.value
    const event = make(each)
    const target = each.on === 'button' ? button : type === 'submit' ? form : field
    target.dispatchEvent(event)
    const next = events[index + 1]
    if (type === 'click' && !event.defaultPrevented && (!next || next.type !== 'submit')) form.dispatchEvent(make({ type: 'submit' }))
    if (field.value === '' && before !== '') gone = before
    isEnding = isComposing && had !== '' && field.value === '' && next !== undefined && next.type === 'blur'
    prevented = event.defaultPrevented && /^(keydown|keypress|beforeinput|touchstart|touchend|mousedown|click)$/.test(type) ? type : ''
    preventedAt = clock
  })
  const end = read.call(performance)
  performance.now = function () {
    return Math.max(start + clock, start + clock - end + read.call(performance))
  }
  return field.value
}
