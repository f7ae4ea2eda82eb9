/** `<im-inbox>`: importing this file registers the element; its types come along. */
import type { InboxElement } from './inbox/inbox-element.ts'
import { defineInboxElement } from './inbox/define-inbox-element.ts'

defineInboxElement()

declare global {
  interface HTMLElementTagNameMap {
    'im-inbox': InboxElement
  }
}
export type { InboxElement }
export type * from './chat/element-types.ts'
export { registerLanguage } from './locales/register-language.ts'
