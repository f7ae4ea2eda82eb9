/** `<im-chat>`: importing this file registers the element. */
import { defineChatElement } from './chat/define-chat-element.ts'

defineChatElement()
