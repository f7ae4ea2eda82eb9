import { avatarStyle } from '../parts/avatar-style.ts'
import { cardStyle } from '../parts/card-style.ts'
import { composerStyle } from '../parts/composer-style.ts'
import { conversationListStyle } from '../parts/conversation-list-style.ts'
import { listPaneStyle } from '../parts/list-pane-style.ts'
import { personBarStyle } from '../parts/person-bar-style.ts'
import { quickReplyPickerStyle } from '../parts/quick-reply-picker-style.ts'
import { sidePanelStyle } from '../parts/side-panel-style.ts'
import { statusSwitchStyle } from '../parts/status-switch-style.ts'
import { bubbleStyle } from '../parts/bubble-style.ts'
import { timelineStyle } from '../parts/timeline-style.ts'
import { base } from '../styles/base.ts'
import { tokens } from '../styles/tokens.ts'
import { mailboxStyles } from './mailbox-styles.ts'

export const pageStyles = [
  tokens, base, timelineStyle, bubbleStyle, cardStyle, composerStyle, avatarStyle, listPaneStyle, conversationListStyle,
  sidePanelStyle, quickReplyPickerStyle, personBarStyle, statusSwitchStyle, mailboxStyles,
]
