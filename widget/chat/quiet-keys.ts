import { listen } from '../ui/listen.ts'

const TYPES = 'keydown keypress keyup beforeinput input compositionstart compositionupdate compositionend focusin focusout'

/**
 * Keeps typing inside the shadow root from the page: its hotkeys would see a plain element as the target and fire. The moves of the focus stay
 * inside too, or the focus trap of an open dialog (Bootstrap, jQuery UI) takes the focus back from the field. A trap that listens in the
 * capture phase cannot be kept from that; the page has to name the chat in the trap's options.
 */
export const quietKeys = (root: ShadowRoot): (() => void) => listen(root, TYPES, (event) => event.stopPropagation())
