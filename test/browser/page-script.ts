/** Bundled into the test page beside the real `im-chat.js`. */
import { memoryClient, type MemoryClient } from './memory-client.ts'

declare global {
  var memory: MemoryClient
  var chat: HTMLElementTagNameMap['im-chat']
  /** Everything the element told the page, as `name` and detail. */
  var told: { readonly name: string; readonly detail: unknown }[]
  interface Window {
    memoryClient: typeof memoryClient
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
