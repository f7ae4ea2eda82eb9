/** `<im-desk>`: importing this file registers the element; its types come along. */
import type { DeskElement } from './desk/desk-element.ts'
import { defineDeskElement } from './desk/define-desk-element.ts'

defineDeskElement()

declare global {
  interface HTMLElementTagNameMap {
    'im-desk': DeskElement
  }
}
export type { DeskElement }
export type { QuickReply } from './desk/replies/quick-reply-search.ts'
export type * from './chat/element-types.ts'
export { registerLanguage } from './locales/register-language.ts'
