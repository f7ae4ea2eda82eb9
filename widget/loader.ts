/**
 * The page's first kilobyte. One script tag, no build step:
 *
 *   <script async src="https://chat.example/loader.js" data-to="shop:42" data-token="…"></script>
 *
 * `data-*` become attributes of the `<im-chat>` it adds (none without `data-to`; a page may place its own). The widget itself
 * is fetched when the page is idle, or at once when somebody wants it: `imChat.open({to, product})`, or a click on
 * `[data-im-open]` (its `data-to` and `data-product` say what about). Safe to load twice.
 *
 * With `data-page="/inbox.html"` (a page of this origin that holds `<im-inbox>`) a wish goes there instead: to the window that is
 * already open, else to a new one. Where the browser has no BroadcastChannel, and on a phone, the chat opens here.
 *
 * Which bundle, told by what is there and never by a name: `im-chat.js` for custom elements, shadow DOM and async functions
 * (whose presence no strict CSP lets us try; `noModule` came later than they did everywhere), `im-chat.legacy.js` for the rest
 * that has promises and maps. Below that no chat can run: links keep their own `href`, and `data-link="…"` puts a plain link
 * (its text: `data-label`) where the chat would be. Built to ES5.
 */
interface Wish {
  readonly to?: string | undefined
  readonly product?: unknown
}

interface ChatTag extends HTMLElement {
  to: string
  product: unknown
  show?: () => void
}

interface ImChat {
  open(wish?: Wish): void
}

/** An open window answers within this time, and a click still counts as the reason for a new one after it. */
const ANSWER_MS = 200
const GIVE_UP_MS = 30_000

interface Policy {
  createScriptURL(address: string): string
}

type Page = Window & { imChat?: ImChat; trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }

let policy: Policy | undefined

/** Under Trusted Types an address of a script must come through a policy; ours is called `im-chat` and knows one address. */
const trusted = ({ trustedTypes }: Page, address: string): string => {
  if (!trustedTypes) return address
  policy = policy || trustedTypes.createPolicy('im-chat', { createScriptURL: (each) => each })
  return policy.createScriptURL(address)
}

const bundle = (page: Page): string | undefined => {
  const has = 'attachShadow' in Element.prototype && 'noModule' in HTMLScriptElement.prototype
  if (page.customElements && has) return 'im-chat.js'
  const { Promise, Map } = page as { Promise?: unknown; Map?: unknown }
  return Promise && Map && 'MutationObserver' in page && 'closest' in Element.prototype ? 'im-chat.legacy.js' : undefined
}

/** No chat on this engine; a person can still be told where else to turn. */
function addLink({ link, label }: DOMStringMap): void {
  if (!link || !/^(https?:|tel:|mailto:|\/)/.test(link)) return
  const add = (): void => {
    const tag = document.createElement('a')
    const chat = document.querySelector('im-chat')
    tag.href = link
    tag.className = 'im-chat-link'
    tag.appendChild(document.createTextNode(label || link))
    ;(chat?.parentNode ?? document.body).insertBefore(tag, chat)
  }
  if (document.body) add()
  else document.addEventListener('DOMContentLoaded', add)
}

/** The window that was opened from here. */
let elsewhere: Window | null = null

/** Asks the windows of conversations; opens one if none answers, and tells it when it is ready. */
function openElsewhere(address: string, wish: Wish): void {
  const id = `${Date.now()}-${Math.random()}`
  const channel = new BroadcastChannel('im-chat:open')
  const ask = (): void => channel.postMessage({ type: 'wish', id, wish })
  let isTaken = false
  channel.onmessage = ({ data }: MessageEvent<{ type?: string; id?: string }>) => {
    if (data.type === 'ready' && !isTaken) ask()
    if (data.type !== 'taken' || data.id !== id) return
    isTaken = true
    channel.close()
    if (elsewhere && !elsewhere.closed) elsewhere.focus()
  }
  ask()
  setTimeout(() => {
    if (!isTaken) elsewhere = window.open(address, 'im-chat')
  }, ANSWER_MS)
  setTimeout(() => channel.close(), GIVE_UP_MS)
}

function start(page: Page, script: HTMLScriptElement | null): void {
  const file = bundle(page)
  if (!file) return script ? addLink(script.dataset) : undefined
  const source = script?.src ?? ''
  const base = source.slice(0, source.lastIndexOf('/') + 1)
  let fetching: Promise<void> | undefined

  const load = (): Promise<void> =>
    (fetching ??= new Promise((resolve, reject) => {
      const tag = document.createElement('script')
      tag.src = trusted(page, base + file)
      if (script?.nonce) tag.nonce = script.nonce
      tag.onload = () => resolve()
      tag.onerror = () => {
        fetching = undefined
        reject(new Error(`im-chat: ${tag.src} could not be loaded`))
      }
      document.head.appendChild(tag)
    }))

  const find = (): ChatTag => {
    const found = document.querySelector('im-chat')
    if (found) return found as ChatTag
    const made = document.createElement('im-chat')
    const data = script ? script.dataset : {}
    made.setAttribute('gateway', base.replace(/\/$/, ''))
    for (const name in data) made.setAttribute(name, data[name] ?? '')
    return document.body.appendChild(made) as unknown as ChatTag
  }

  const open = ({ to, product }: Wish = {}): void => {
    const address = script?.dataset.page
    if (address && to && 'BroadcastChannel' in page && !page.matchMedia('(pointer: coarse)').matches) {
      return openElsewhere(address, { to, product })
    }
    const chat = find()
    if (to) chat.to = to
    if (product) chat.product = product
    load().then(() => chat.show?.(), (error) => console.error(error))
  }

  page.imChat = { open }
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-im-open]') : null
    if (!link) return
    event.preventDefault()
    const { to, product } = link.dataset
    open({ to, product })
  })
  const begin = (): void => {
    if (script?.dataset.to) find()
    const quietly = (): void => void load().catch((error: unknown) => console.error(error))
    if (document.querySelector('im-chat')) (page.requestIdleCallback ?? setTimeout)(quietly)
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin)
  else begin()
}

{
  const page: Page = window
  if (!page.imChat) start(page, document.currentScript as HTMLScriptElement | null)
}
