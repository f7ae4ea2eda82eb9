import { avatarStyle } from '../ui/avatar-style.ts'
import { cardStyle } from '../ui/card-style.ts'
import { composerStyle } from '../chat/composer/composer-style.ts'
import { trayStyle } from '../chat/composer/tray-style.ts'
import { conversationListStyle } from './conversation-list-style.ts'
import { listPaneStyle } from './list-pane-style.ts'
import { personBarStyle } from '../chat/person-bar-style.ts'
import { sidePanelStyle } from './side-panel-style.ts'
import { bubbleStyle } from '../chat/timeline/bubble-style.ts'
import { timelineStyle } from '../chat/timeline/timeline-style.ts'
import { base } from '../ui/base-style.ts'
import { tokens } from '../ui/tokens.ts'
import { mailboxStyles } from './mailbox-style.ts'

export const pageStyles = [
  tokens,
  base,
  timelineStyle,
  bubbleStyle,
  cardStyle,
  composerStyle,
  trayStyle,
  avatarStyle,
  listPaneStyle,
  conversationListStyle,
  sidePanelStyle,
  personBarStyle,
  mailboxStyles,
]
