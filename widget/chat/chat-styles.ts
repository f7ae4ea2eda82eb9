import { cardStyle } from './timeline/card-style.ts'
import { composerStyle } from './composer/composer-style.ts'
import { bubbleStyle } from './timeline/bubble-style.ts'
import { personBarStyle } from './person-bar-style.ts'
import { timelineStyle } from './timeline/timeline-style.ts'
import { base } from '../ui/base-style.ts'
import { shell } from './shell-style.ts'
import { tokens } from '../ui/tokens.ts'

export const chatStyles = [tokens, base, shell, timelineStyle, bubbleStyle, cardStyle, composerStyle, personBarStyle]
