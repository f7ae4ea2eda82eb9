/** `<im-chat>`: importing this file registers the element. */
import { defineChatElement } from './elements/define-chat-element.ts'

defineChatElement()
