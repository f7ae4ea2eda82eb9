import { composerStyle } from './composer/composer-style.ts'
import { trayStyle } from './composer/tray-style.ts'
import { shell } from './shell-style.ts'
import { bubbleStyle } from './timeline/bubble-style.ts'
import { cardStyle } from '../ui/card-style.ts'
import { timelineStyle } from './timeline/timeline-style.ts'

/** The panel's styles; the base styles come with the element (chat-styles.ts). */
export const panelStyles = [shell, timelineStyle, bubbleStyle, cardStyle, composerStyle, trayStyle]
