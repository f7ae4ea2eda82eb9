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
  readonly expect: { readonly sends: readonly string[] }
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
  readonly composing?: boolean
  readonly shift?: boolean
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
  return trace
}

/**
 * Fires the trace as script events on the composer found by `field` (an expression) and its form.
 * Events that a person's finger makes on the button, focus and viewport are left out; see the README of test/traces.
 */
export const replayTrace = (page: Page, field: string, trace: Trace): Promise<void> =>
  page.evaluate(`(${replay.toString()})(${field}, ${JSON.stringify(trace.events)})`)

/** Runs in the page; only what Chromium 64 and WebKit 602 read. A prevented event takes what it would have caused with it. */
function replay(field: HTMLTextAreaElement, events: readonly TraceEvent[]): void {
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
      define(event, 'repeat', !!each.repeat)
      ;['altKey', 'ctrlKey', 'metaKey'].forEach(function (name) {
        define(event, name, false)
      })
    } else {
      if ('inputType' in each) define(event, 'inputType', each.inputType)
      define(event, 'data', each.data === undefined ? null : each.data)
    }
    return event
  }
  let before = ''
  let dropping = ''
  field.focus()
  events.forEach(function (each) {
    if (each.on === 'button' || !/^(key|beforeinput$|input$|composition|submit$)/.test(each.type)) return
    if (dropping) {
      if (!/^(keyup|keydown|composition)/.test(each.type) && !(dropping === 'beforeinput' && each.type === 'beforeinput')) return
      dropping = ''
    }
    if (each.type === 'input') {
      const now = field.value
      const text = each.value || ''
      field.value = now === before ? text : text.indexOf(before) === 0 ? now + text.slice(before.length) : text
      field.setSelectionRange(field.value.length, field.value.length)
      before = text
    }
    const event = make(each)
    ;(each.type === 'submit' && field.form ? field.form : field).dispatchEvent(event)
    if (event.defaultPrevented) dropping = /^(keydown|keypress|beforeinput)$/.test(each.type) ? each.type : ''
  })
}
