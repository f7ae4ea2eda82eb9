/** Bundled into a page with the three built elements: each code of the wire, from each place where a person can meet it. */
import { CODES, wireRefusal, type Code } from '../../gateway/protocol/codes.ts'
import { memoryClient, type MemoryClient } from './memory-client.ts'

const SOURCES = ['line', 'conversation', 'list', 'message', 'delay', 'command'] as const
type Source = (typeof SOURCES)[number]
type Tag = 'im-chat' | 'im-inbox' | 'im-desk'

export interface Seen {
  readonly code: Code
  readonly source: Source
  /** What a person reads where the source is shown. */
  readonly sentence: string
  /** The codes of `im-refused`. */
  readonly codes: readonly string[]
  /** Below a message that waits. */
  readonly putOff: string
  readonly isBusy: boolean
  readonly everything: string
}

declare global {
  interface Window {
    everyNo: (tag: Tag) => Promise<readonly Seen[]>
  }
}

const PLACES: Readonly<Record<Source, string>> = {
  line: '.banner span',
  conversation: '.banner span',
  list: '.nothing',
  message: '.failure .reason',
  delay: '.banner span',
  command: '',
}

function meet(client: MemoryClient, source: Source, code: Code): void {
  const refusal = wireRefusal(code)
  const item = { id: `${source}-${code}`, kind: 'text', body: { text: 'hello' }, at: Date.now() }
  if (source === 'line') client.setConnection({ name: 'refused', refusal })
  if (source === 'conversation') client.chat.refusal.set(refusal)
  if (source === 'list') client.list(refusal)
  if (source === 'message') client.chat.outbox.set([{ ...item, state: 'failed', refusal }])
  if (source === 'delay') client.chat.outbox.set([{ ...item, state: 'waiting', refusal }])
  if (source === 'command') client.refuse(refusal, 'search')
}

function forget(client: MemoryClient): void {
  client.setConnection({ name: 'live', transport: 'websocket' })
  client.chat.refusal.set(undefined)
  client.list(undefined)
  client.chat.outbox.set([])
}

window.everyNo = async (tag) => {
  const client = memoryClient()
  await customElements.whenDefined(tag)
  const element = document.createElement(tag)
  const codes: string[] = []
  element.addEventListener('im-refused', (event) => void codes.push((event as CustomEvent<{ code: string }>).detail.code))
  Object.assign(element, { client, to: 'shop:42', lang: 'en', mode: 'inline' })
  document.body.append(element)
  const seen: Seen[] = []
  for (let turn = 0; turn < 300 && !element.shadowRoot?.querySelector('[data-test=empty]'); turn++) await new Promise(requestAnimationFrame)
  for (const source of SOURCES) {
    if (source === 'list' && tag === 'im-chat') continue
    for (const code of Object.keys(CODES) as Code[]) {
      codes.length = 0
      meet(client, source, code)
      await element.updateComplete
      const root = element.shadowRoot!
      seen.push({
        code,
        source,
        codes: [...codes],
        sentence: PLACES[source] ? (root.querySelector(PLACES[source])?.textContent ?? '').trim() : '',
        putOff: (root.querySelector('[data-test=put-off]')?.textContent ?? '').trim(),
        isBusy: root.querySelector('[aria-busy=true]') !== null,
        everything: (root.querySelector('.root') as HTMLElement).innerText,
      })
      forget(client)
      await element.updateComplete
    }
  }
  element.remove()
  return seen
}
