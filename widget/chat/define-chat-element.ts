import { ChatElement } from './chat-element.ts'

/** Registers `<im-chat>`. Does nothing on a server or if the page has registered it already. */
export function defineChatElement(): void {
  if (typeof customElements !== 'undefined' && !customElements.get('im-chat')) customElements.define('im-chat', ChatElement)
}
