import { listen } from '../ui/listen.ts'

const TYPES = 'keydown keypress keyup beforeinput input compositionstart compositionupdate compositionend'

/** What is typed in here is nobody else's: the page's hotkeys see a plain element as the target and would fire. */
export const quietKeys = (root: ShadowRoot): (() => void) => listen(root, TYPES, (event) => event.stopPropagation())
