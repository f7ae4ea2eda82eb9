/** Bundled into the test page beside the real `im-chat.js`. */
import { memoryClient, type MemoryClient } from './memory-client.ts'

declare global {
  interface Window {
    memory: MemoryClient
    chat: HTMLElementTagNameMap['im-chat']
    memoryClient: typeof memoryClient
  }
}

window.memoryClient = memoryClient
window.memory = memoryClient()
