import { actionsStyle } from '../chat/actions/actions-style.ts'
import { chatStyles } from '../chat/chat-styles.ts'
import { newsStyle } from '../chat/news-style.ts'
import { panelStyles } from '../chat/panel-styles.ts'
import { personBarStyle } from '../chat/person-bar-style.ts'
import { ratingStyle } from '../chat/rating-style.ts'

/** All styles of `<im-chat>`; also what the build writes into `im-chat.css` (chat/style-link.ts). */
export const allStyles = [...chatStyles, ...panelStyles, personBarStyle, newsStyle, actionsStyle, ratingStyle]
