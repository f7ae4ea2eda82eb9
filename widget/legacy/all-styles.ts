import { chatStyles } from '../chat/chat-styles.ts'
import { panelStyles } from '../chat/panel-styles.ts'
import { personBarStyle } from '../chat/person-bar-style.ts'

/** All styles of `<im-chat>`; also what the build writes into `im-chat.css` (chat/style-link.ts). */
export const allStyles = [...chatStyles, ...panelStyles, personBarStyle]
