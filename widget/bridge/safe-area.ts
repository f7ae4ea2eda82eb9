import type { Chat } from './chat.ts'

const SIDES = ['top', 'right', 'bottom', 'left'] as const

/**
 * Bars and notches that the app tells of. The larger of its word and the engine's own `env()` holds, so that both may be right.
 * A sheet of its own, added when an app first says something; its figures are variables on the element.
 */
const RULES = `
  .root {
    --top: max(env(safe-area-inset-top, 0px), var(--im-safe-top, 0px));
    --bottom: max(env(safe-area-inset-bottom, 0px), var(--im-safe-bottom, 0px));
  }
  .modal .header { padding-top: var(--top); min-height: calc(60px + var(--top)) }
  .modal .panel { padding-left: var(--im-safe-left, 0px); padding-right: var(--im-safe-right, 0px) }
  .modal:not([data-keyboard]) .composer { padding-bottom: calc(8px + var(--bottom)) }
  .launcher { margin-bottom: var(--bottom) }`

const dressed = new WeakSet<Chat>()

export function setSafeArea(chat: Chat, area: Readonly<Record<string, unknown>>): void {
  for (const side of SIDES) {
    if (typeof area[side] === 'number') chat.style.setProperty(`--im-safe-${side}`, `${area[side]}px`)
  }
  const root = chat.shadowRoot
  // Where there are no such sheets there is no max() either: what env() says stands.
  if (dressed.has(chat) || !root || !('adoptedStyleSheets' in root) || !('replaceSync' in CSSStyleSheet.prototype)) return
  dressed.add(chat)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(RULES)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
