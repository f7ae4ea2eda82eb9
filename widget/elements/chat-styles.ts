import { cardStyle } from '../parts/card-style.ts'
import { composerStyle } from '../parts/composer-style.ts'
import { bubbleStyle } from '../parts/bubble-style.ts'
import { personBarStyle } from '../parts/person-bar-style.ts'
import { timelineStyle } from '../parts/timeline-style.ts'
import { base } from '../styles/base.ts'
import { shell } from '../styles/shell.ts'
import { tokens } from '../styles/tokens.ts'

export const chatStyles = [tokens, base, shell, timelineStyle, bubbleStyle, cardStyle, composerStyle, personBarStyle]
