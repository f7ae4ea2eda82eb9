/** "The chat could not be loaded. Trying again." by language. Put in by the build, because nothing can be fetched when it is needed. */
declare const IM_CHAT_NOT_LOADED: Readonly<Record<string, string>>

/** Each with what engines without `var()` and `env()` take before it. A policy drops attributes, but not what a script sets. */
const CORNER =
  'position:fixed;right:20px;right:var(--im-right,20px);bottom:20px;bottom:var(--im-bottom,20px);z-index:2147483000;' +
  'margin:0 env(safe-area-inset-right) env(safe-area-inset-bottom);max-width:240px;font:14px/20px sans-serif;text-align:right'
const NOTE = 'margin:0 0 10px;padding:8px 12px;border:1px solid;border-radius:12px;background:#222;color:#fff;text-align:start'
const LAUNCHER =
  'width:58px;height:58px;padding:16px;border:1px solid transparent;border-radius:50%;background:#0c7560;background:var(--im-accent,#0c7560);' +
  'color:#fff;color:var(--im-accent-ink,#fff);cursor:pointer'

const ICON = {
  viewBox: '0 0 24 24',
  width: '24',
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': '2',
  'stroke-linecap': 'round',
}
const ICON_PATH = { d: 'M20.5 12a8 8 0 0 1-11.8 6.4L4 20l1.3-3.6A8 8 0 1 1 20.5 12zM8.5 12h0m3.5 0h0m3.5 0h0' }

function styled(name: string, rules: string): HTMLElement {
  const tag = document.createElement(name)
  rules.split(';').forEach((rule) => {
    const at = rule.indexOf(':')
    tag.style.setProperty(rule.slice(0, at), rule.slice(at + 1))
  })
  return tag
}

function drawn(name: string, attributes: Readonly<Record<string, string>>): Element {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const key in attributes) node.setAttribute(key, attributes[key]!)
  return node
}

export interface StandIn {
  readonly corner: HTMLElement
  /** Says that the element could not be loaded. */
  say(): void
}

/**
 * Stands in an element whose script has not come, which shows its children as long as it has no content of its own: in the same corner, colour and
 * language. What has no launcher says it at once.
 */
export function standIn(tag: HTMLElement, onPress: () => void): StandIn {
  const lang = (tag.lang || document.documentElement.lang || navigator.language).toLowerCase()
  const texts = IM_CHAT_NOT_LOADED
  const text = texts[/^zh.*(hant|tw|hk|mo)/.test(lang) ? 'tw' : lang.slice(0, 2)] || texts.en!
  const corner = styled('div', CORNER)
  const { style } = corner
  corner.className = 'im-chat-missing'
  const side = tag.getAttribute('side')
  if (side === 'left' || (side !== 'right' && (side === 'start') === (getComputedStyle(tag).direction === 'ltr'))) {
    style.left = style.right
    style.right = 'auto'
    style.textAlign = 'left'
  }
  const live = corner.appendChild(document.createElement('div'))
  live.setAttribute('role', 'status')
  const say = (): void => {
    if (!live.firstChild) live.appendChild(styled('p', NOTE)).textContent = text
  }
  if (tag.nodeName !== 'IM-CHAT' || tag.getAttribute('mode') === 'inline') say()
  else {
    const button = styled('button', LAUNCHER)
    button.setAttribute('type', 'button')
    button.setAttribute('aria-label', text)
    button.appendChild(drawn('svg', ICON)).appendChild(drawn('path', ICON_PATH))
    button.onclick = () => {
      say()
      onPress()
    }
    corner.appendChild(button)
  }
  tag.appendChild(corner)
  return { corner, say }
}
