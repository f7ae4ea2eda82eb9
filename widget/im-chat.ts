/** `<im-chat>`: importing this file registers the element; its types come along. */
import type { ChatElement } from './chat/chat-element.ts'
import { defineChatElement } from './chat/define-chat-element.ts'

defineChatElement()

declare global {
  interface HTMLElementTagNameMap {
    'im-chat': ChatElement
  }
}
export type { ChatElement }
export type * from './chat/element-types.ts'
export { registerLanguage } from './locales/register-language.ts'
