import { listen } from '../ui/listen.ts'

const TYPES = 'keydown keypress keyup beforeinput input compositionstart compositionupdate compositionend'

/** Keeps typing inside the shadow root from the page: its hotkeys would see a plain element as the target and fire. */
export const quietKeys = (root: ShadowRoot): (() => void) => listen(root, TYPES, (event) => event.stopPropagation())
