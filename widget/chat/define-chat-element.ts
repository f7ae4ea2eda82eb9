import { ChatElement } from './chat-element.ts'

/** Registers `<im-chat>`. Harmless where there are no elements (a server) and where the page has it already. */
export function defineChatElement(): void {
  if (typeof customElements !== 'undefined' && !customElements.get('im-chat')) customElements.define('im-chat', ChatElement)
}
