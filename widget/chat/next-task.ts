import { outsideZone } from '../client/outside-zone.ts'

/** Calls back in a task of its own, so that the page can answer a finger and draw before it. A timer would wait, and in a hidden page for a second. */
export function nextTask(callback: () => void): void {
  outsideZone(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      callback()
    }
    port2.postMessage(null)
  })
}
