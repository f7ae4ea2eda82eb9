import type { Chat } from './chat.ts'

const SIDES = ['top', 'right', 'bottom', 'left'] as const

/**
 * Applies the safe area that the app reports. The larger of the app's value and the engine's own `env()` counts. The style sheet is added with the
 * first message; the values are variables on the element.
 */
const RULES = `
  .root {
    --top: max(env(safe-area-inset-top, 0px), var(--im-safe-top, 0px));
    --right: max(env(safe-area-inset-right, 0px), var(--im-safe-right, 0px));
    --bottom: max(env(safe-area-inset-bottom, 0px), var(--im-safe-bottom, 0px));
    --left: max(env(safe-area-inset-left, 0px), var(--im-safe-left, 0px));
  }
  .modal .header, .inline [data-touches~='top'] .header { padding-top: var(--top) }
  .modal .panel, .inline [data-touches~='left'] .panel { padding-left: var(--left) }
  .modal .panel, .inline [data-touches~='right'] .panel { padding-right: var(--right) }
  .modal:not([data-keyboard]) .composer, .inline [data-touches~='bottom']:not([data-keyboard]) .composer { padding-bottom: calc(8px + var(--bottom)) }
  .launcher, .launcher-note { margin: 0 var(--right) var(--bottom) }`

const styled = new WeakSet<Chat>()

export function setSafeArea(chat: Chat, area: Readonly<Record<string, unknown>>): void {
  for (const side of SIDES) {
    if (typeof area[side] === 'number') chat.style.setProperty(`--im-safe-${side}`, `${area[side]}px`)
  }
  const root = chat.shadowRoot
  // An engine without constructable style sheets has no max() either: env() alone applies.
  if (styled.has(chat) || !root || !('adoptedStyleSheets' in root) || !('replaceSync' in CSSStyleSheet.prototype)) return
  styled.add(chat)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(RULES)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
