/** Bundled into the test page beside the real `im-chat.js`. */
import { fakeViewport } from './fake-viewport.ts'
import { memoryClient, type MemoryClient } from './memory-client.ts'

declare global {
  var memory: MemoryClient
  var chat: HTMLElementTagNameMap['im-chat']
  /** Everything the element told the page, as `name` and detail. */
  var told: { readonly name: string; readonly detail: unknown }[]
  interface Window {
    memoryClient: typeof memoryClient
    fakeViewport: typeof fakeViewport
    /** The composer's bottom edge in each frame since it was last emptied. */
    bottoms: number[]
  }
}

window.told = []
window.chat = document.querySelector('im-chat')!

for (const name of ['im-send', 'im-message', 'im-open', 'im-close', 'im-unread', 'im-connection', 'im-refused']) {
  chat.addEventListener(name, (event) => told.push({ name, detail: (event as CustomEvent<unknown>).detail }))
}

window.memoryClient = memoryClient
window.memory = memoryClient()
chat.client = window.memory
chat.to = 'shop:42'
window.fakeViewport = fakeViewport
window.bottoms = []

/** A message posted in a frame arrives after that frame was painted: what is read then is what was seen. */
const { port1, port2 } = new MessageChannel()
port1.onmessage = () => {
  const form = chat.shadowRoot?.querySelector('form')
  if (form?.getClientRects().length) window.bottoms.push(Math.round(form.getBoundingClientRect().bottom))
}
const watch = (): void => {
  port2.postMessage(0)
  requestAnimationFrame(watch)
}
watch()
