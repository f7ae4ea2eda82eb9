import { strikes, type Faults } from './faults.ts'
import { noteReceived, noteSent, wire } from './wire.ts'

/** Harms XMLHttpRequest and fetch: late, lost on the way there, lost on the way back, said twice, not at all while offline. */
export function harmRequests(faults: Faults): void {
  harmXhr(faults)
  const native = window.fetch
  if (!native) return
  window.fetch = (input, init) => {
    if (faults.offline) return Promise.reject(new TypeError('Failed to fetch (a fault of the QA page)'))
    const wait = new Promise<void>((done) => setTimeout(done, faults.delay))
    return faults.delay ? wait.then(() => native.call(window, input, init)) : native.call(window, input, init)
  }
}

const FLYING: XMLHttpRequest[] = []

/** Fails every request in flight, as a phone does that loses its network. */
export const cutRequests = (): void => FLYING.splice(0).forEach(fail)

function harmXhr(faults: Faults): void {
  const proto = XMLHttpRequest.prototype
  const { open, send } = proto
  proto.open = function (this: XMLHttpRequest & { qa?: string }, method: string, url: string | URL) {
    this.qa = String(url)
    open.call(this, method, url, true)
  }
  proto.send = function (this: XMLHttpRequest & { qa?: string }, body) {
    if (faults.offline || strikes(faults.drop / 2)) return void setTimeout(() => fail(this), 0)
    const isPoll = /[?&]transport=polling/.test(this.qa ?? '')
    FLYING.push(this)
    catchAnswer(this, faults, isPoll)
    if (isPoll && typeof body === 'string') noteSent('polling', body)
    const payload = typeof body === 'string' && isPoll && strikes(faults.duplicate) ? twice(body) : body
    if (faults.delay) setTimeout(() => send.call(this, payload), faults.delay)
    else send.call(this, payload)
  }
}

function catchAnswer(xhr: XMLHttpRequest, faults: Faults, isPoll: boolean): void {
  let isPassed = false
  xhr.addEventListener('readystatechange', (event) => {
    if (xhr.readyState !== 4 || isPassed) return
    isPassed = true
    const at = FLYING.indexOf(xhr)
    if (at >= 0) FLYING.splice(at, 1)
    if (strikes(faults.drop / 2)) {
      wire.lost++
      shadow(xhr, 'status', 0)
      shadow(xhr, 'responseText', '')
    } else if (isPoll && xhr.status === 200) noteReceived('polling', xhr.responseText)
    if (!faults.delay) return
    event.stopImmediatePropagation()
    setTimeout(() => tell(xhr, 'readystatechange'), faults.delay)
  })
}

function fail(xhr: XMLHttpRequest): void {
  wire.lost++
  shadow(xhr, 'readyState', 4)
  shadow(xhr, 'status', 0)
  shadow(xhr, 'responseText', '')
  for (const name of ['readystatechange', 'error', 'loadend']) tell(xhr, name)
}

/** Every command once more in the same post; a whole post that comes twice would only end the session. */
const twice = (body: string): string =>
  body.split('\x1e').map((packet) => (packet.startsWith('42') ? `${packet}\x1e${packet}` : packet)).join('\x1e')

function tell(target: EventTarget, name: string): void {
  const event = document.createEvent('Event')
  event.initEvent(name, false, false)
  target.dispatchEvent(event)
}

const shadow = (xhr: XMLHttpRequest, name: string, value: unknown): unknown =>
  Object.defineProperty(xhr, name, { configurable: true, get: () => value })
