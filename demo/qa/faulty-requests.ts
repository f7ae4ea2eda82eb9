import { isCut, strikes, type Faults } from './faults.ts'
import { noteReceived, noteSent, wire } from './wire.ts'

/** Disturbs XMLHttpRequest and fetch: requests and answers are late, lost or doubled, and fail while offline. */
export function harmRequests(faults: Faults): void {
  harmXhr(faults)
  // where the engine has no fetch, the legacy bundle has one that uses XMLHttpRequest
  if (window.fetch) harmFetch(faults, window.fetch)
}

const isPolling = (url: unknown): boolean => /[?&]transport=polling/.test(String(url))

/** For each request in flight the function that fails it. */
const inFlight: (() => void)[] = []

/** Fails every request in flight, as when a phone loses its network. */
export const cutRequests = (): void => inFlight.splice(0).forEach((fail) => fail())

const finish = (fail: () => void): void => void (inFlight.indexOf(fail) < 0 || inFlight.splice(inFlight.indexOf(fail), 1))

const wait = (ms: number): Promise<void> => (ms ? new Promise((done) => setTimeout(done, ms)) : Promise.resolve())

function harmFetch(faults: Faults, native: typeof window.fetch): void {
  window.fetch = (input, init) =>
    new Promise((resolve, reject) => {
      const isPoll = isPolling(input)
      const fail = (): void => {
        finish(fail)
        wire.lost++
        reject(new TypeError('Failed to fetch (a fault of the QA page)'))
      }
      if (isCut(faults) || (isPoll && strikes(faults.drop / 2))) return fail()
      const { body } = init ?? {}
      inFlight.push(fail)
      if (isPoll) noteSent('polling', body)
      const payload = isPoll && typeof body === 'string' && strikes(faults.duplicate) ? twice(body) : body
      const { delay } = faults
      wait(delay)
        .then(() => native.call(window, input, init && { ...init, ...(payload === undefined ? {} : { body: payload }) }))
        .then((response) => Promise.all([response, isPoll ? response.clone().text() : '', wait(delay)]))
        .then(([response, text]) => {
          if (isPoll && strikes(faults.drop / 2)) return fail()
          if (isPoll && response.ok) noteReceived('polling', text)
          finish(fail)
          resolve(response)
        }, fail)
    })
}

function harmXhr(faults: Faults): void {
  const proto = XMLHttpRequest.prototype
  const { open, send } = proto
  proto.open = function (this: XMLHttpRequest & { qa?: string }, method: string, url: string | URL) {
    this.qa = String(url)
    open.call(this, method, url, true)
  }
  proto.send = function (this: XMLHttpRequest & { qa?: string }, body) {
    if (isCut(faults) || strikes(faults.drop / 2)) return void setTimeout(() => fail(this), 0)
    const isPoll = isPolling(this.qa)
    const cut = (): void => fail(this)
    inFlight.push(cut)
    catchAnswer(this, faults, isPoll, cut)
    if (isPoll && typeof body === 'string') noteSent('polling', body)
    const payload = typeof body === 'string' && isPoll && strikes(faults.duplicate) ? twice(body) : body
    if (faults.delay) setTimeout(() => send.call(this, payload), faults.delay)
    else send.call(this, payload)
  }
}

function catchAnswer(xhr: XMLHttpRequest, faults: Faults, isPoll: boolean, cut: () => void): void {
  let isPassed = false
  xhr.addEventListener('readystatechange', (event) => {
    if (xhr.readyState !== 4 || isPassed) return
    isPassed = true
    finish(cut)
    if (strikes(faults.drop / 2)) {
      wire.lost++
      shadow(xhr, 'status', 0)
      shadow(xhr, 'responseText', '')
    } else if (isPoll && xhr.status === 200) noteReceived('polling', xhr.responseText)
    if (!faults.delay) return
    event.stopImmediatePropagation()
    setTimeout(() => fire(xhr, 'readystatechange'), faults.delay)
  })
}

function fail(xhr: XMLHttpRequest): void {
  wire.lost++
  shadow(xhr, 'readyState', 4)
  shadow(xhr, 'status', 0)
  shadow(xhr, 'responseText', '')
  for (const name of ['readystatechange', 'error', 'loadend']) fire(xhr, name)
}

/** Repeats every command within the same post; a whole post that arrives twice would end the session. */
const twice = (body: string): string =>
  body
    .split('\x1e')
    .map((packet) => (packet.startsWith('42') ? `${packet}\x1e${packet}` : packet))
    .join('\x1e')

function fire(target: EventTarget, name: string): void {
  const event = document.createEvent('Event')
  event.initEvent(name, false, false)
  target.dispatchEvent(event)
}

const shadow = (xhr: XMLHttpRequest, name: string, value: unknown): unknown =>
  Object.defineProperty(xhr, name, { configurable: true, get: () => value })
