import { html, nothing } from 'lit'
import { cards } from '../chat/timeline/cards.ts'

/** The cards of the pages for desktops, where they come with everything else. */
export const pageCards = cards({ html, nothing })
