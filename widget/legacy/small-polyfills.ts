/** Polyfills of small things that the widget uses and engines without custom elements lack (measured on WebKit 602); only in the legacy bundle. */
{
  // WebSockets of that age speak drafts, hang, or are missing, so the widget uses HTTP requests (client/transports/engine-io.ts).
  Object.assign(window, { imChatPollingOnly: true })
  if (!navigator.languages) Object.defineProperty(navigator, 'languages', { configurable: true, value: [navigator.language] })
  if (!Object.values) {
    const values = (from: Record<string, unknown>): unknown[] => Object.keys(from).map((key) => from[key])
    Object.defineProperty(Object, 'values', { configurable: true, writable: true, value: values })
  }
  if (!('key' in KeyboardEvent.prototype)) {
    const names: Readonly<Record<number, string>> = {
      8: 'Backspace',
      9: 'Tab',
      13: 'Enter',
      16: 'Shift',
      27: 'Escape',
      32: ' ',
      37: 'ArrowLeft',
      38: 'ArrowUp',
      39: 'ArrowRight',
      40: 'ArrowDown',
      229: 'Process',
    }
    const key = {
      configurable: true,
      get(this: KeyboardEvent): string {
        return names[this.keyCode] || 'Unidentified'
      },
    }
    Object.defineProperty(KeyboardEvent.prototype, 'key', key)
  }
  // Lit spreads the child nodes of an svg template
  for (const { prototype } of [NodeList, HTMLCollection]) {
    if (!(Symbol.iterator in prototype)) Object.defineProperty(prototype, Symbol.iterator, { value: Array.prototype[Symbol.iterator] })
  }
}
