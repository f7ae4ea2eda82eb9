/**
 * The one tag of every page; `loader.js`, `im-desk.js` and `im-inbox.js` are the same script under other names.
 *
 *   <script async src="https://chat.example/im-chat.js" data-to="shop:42" data-token="…"></script>
 *
 * Fetches at once and side by side what the page's tags need, and what its own name says (`loader.js` nothing), from the build that fits the
 * engine, chosen by feature and never by name. `modern/` where arrays have `at` (2021), `es2017/` where there are custom elements,
 * shadow DOM and modules, `im-chat.legacy.js` for the rest that has promises and maps. Below that no chat can run: links keep their own
 * `href`, and `data-link="…"` puts a plain link (its text: `data-label`) where the chat would be.
 *
 * `data-*` become attributes of the `<im-chat>` it adds (none without `data-to`; a page may place its own). `imChat.open({to, product})`
 * or a click on `[data-im-open]` (its `data-to` and `data-product` say what about) opens the chat, and fetches it first where nothing
 * has. Safe to load twice, and as a module.
 *
 * Where a script cannot be fetched, something stands in for the element and says so: for a chat a launcher, once it is pressed. The plain link is put
 * up, links follow their `href`, and the script is asked for again after 2, 5 and 15 s, when the network is back, and when somebody presses.
 *
 * With `data-page="/inbox.html"` (a page of this origin that holds `<im-inbox>`) an opening goes there instead: to the window that is
 * already open, else to a new one. Where the browser has no BroadcastChannel, and on a phone, the chat opens here.
 *
 * Built to ES5, and written so that it needs none of the compiler's helpers: no loops over iterables, no arrays taken apart.
 */
import { addScript } from './loader/add-script.ts'
import { plainLink } from './loader/plain-link.ts'
import { trouble } from './loader/trouble.ts'

/**
 * By build and entry: the files that it imports, so that they are fetched beside it and not after it; `panel`, and Chinese by its first two letters:
 * what a chat that is open needs as well. Put in by the build.
 */
declare const IM_CHAT_FILES: Readonly<Record<string, Record<string, readonly string[] | undefined>>>

interface OpenRequest {
  readonly to?: string | undefined
  readonly product?: unknown
  /** Of the page that asks: its addresses may be relative. */
  readonly base?: string
}

interface ChatTag extends HTMLElement {
  to: string
  product: unknown
  show?: () => void
}

interface ImChat {
  open(request?: OpenRequest): void
  /** Fetches an element's script, once. */
  load(element: string): void
  /** Adds a language: `registerLanguage` of the elements' scripts. */
  registerLanguage(tag: string, texts: object): void
}

/** An open window answers within this time, and a click still counts as the reason for a new one after it. */
const ANSWER_MS = 200
const GIVE_UP_MS = 30_000

interface Policy {
  createScriptURL(address: string): string
}

type Page = Window & {
  imChat?: ImChat
  imChatLanguages?: Record<string, object>
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy }
}

let policy: Policy | undefined

/** Under Trusted Types an address of a script must come through a policy; ours is called `im-chat` and knows one address. */
const trusted = ({ trustedTypes }: Page, address: string): string => {
  if (!trustedTypes) return address
  policy = policy || trustedTypes.createPolicy('im-chat', { createScriptURL: (each) => each })
  return policy.createScriptURL(address)
}

type Build = 'modern' | 'es2017' | 'legacy'

const buildFor = (page: Page): Build | undefined => {
  const { Promise, Map } = page as { Promise?: unknown; Map?: unknown }
  const hasModules = 'noModule' in HTMLScriptElement.prototype
  if (page.customElements && 'attachShadow' in Element.prototype && hasModules) return 'at' in Array.prototype ? 'modern' : 'es2017'
  return Promise && Map && 'MutationObserver' in page && 'closest' in Element.prototype ? 'legacy' : undefined
}

/** The window that was opened from here. */
let elsewhere: Window | null = null

/** Asks the windows of conversations; opens one if none answers, and sends it the request when it is ready. */
function openElsewhere(address: string, request: OpenRequest): void {
  const id = Date.now() + '-' + Math.random()
  const channel = new BroadcastChannel('im-chat:open')
  const ask = (): void => channel.postMessage({ type: 'wish', id, wish: request })
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

/**
 * After a failure, in ms, the last again and again: a captive portal answers with its own page until somebody has signed in. A retry has another
 * address, because the page remembers a failed module for good; every second one takes the build for older engines, whose shared files have other
 * addresses too.
 */
const RETRIES_MS = [2000, 5000, 15_000]

const OWN_NAME = /\/(im-chat|im-desk|im-inbox|loader)\.js(?:[?#]|$)/

/** The tag that this script came with; a module does not know its tag and searches for it. */
function ownTag(): HTMLScriptElement | undefined {
  const { currentScript, scripts } = document
  if (currentScript) return currentScript as HTMLScriptElement
  for (let at = scripts.length - 1; at >= 0; at--) if (OWN_NAME.test(scripts[at]!.src)) return scripts[at]
  return undefined
}

function addPreload(address: string, nonce: string | undefined): void {
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.href = address
  if (nonce) link.nonce = nonce
  document.head.appendChild(link)
}

interface FetcherOptions {
  readonly base: string
  readonly build: Build
  readonly nonce: string | undefined
  /** It could not be fetched, or not yet. Called after each failure. */
  readonly onMissing: (name: string) => void
}

/** Fetches scripts from where this one came from. */
function fetcher(page: Page, { base, build, nonce, onMissing }: FetcherOptions): (name: string, isOpening?: boolean) => Promise<void> {
  const folderOf = (each: Build): string => (each === 'legacy' ? base : base + each + '/')
  const files = IM_CHAT_FILES[build] || {}
  const fetching: Record<string, Promise<void> | undefined> = {}
  const wakes: Record<string, () => void> = {}
  page.addEventListener('online', () => {
    for (const name in wakes) wakes[name]!()
  })
  const preload = (name: string): void => {
    ;(files[name] || []).forEach((file) => addPreload(folderOf(build) + file, nonce))
    files[name] = undefined
  }
  const add = (address: string, name: string): Promise<void> =>
    addScript(trusted(page, address), {
      isModule: build !== 'legacy',
      nonce,
      onSilent: () => onMissing(name),
      // What is no script at all counts as loaded to a classic tag.
      isThere: () => !page.customElements || page.customElements.get(name) !== undefined,
    })
  const attempt = (name: string, failures: number): Promise<void> => {
    const from = build === 'modern' && failures % 2 ? 'es2017' : build
    const file = folderOf(from) + name + (build === 'legacy' ? '.legacy.js' : '.js')
    return add(failures ? file + '?' + failures : file, name).catch((error: unknown) => {
      if (!failures) console.warn(error)
      onMissing(name)
      const delay = RETRIES_MS[Math.min(failures, RETRIES_MS.length - 1)]
      return new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay)
        // at once when the network says it is back, or a person asks
        wakes[name] = () => {
          clearTimeout(timer)
          resolve()
        }
      }).then(() => attempt(name, failures + 1))
    })
  }
  return (name, isOpening) => {
    preload(name)
    const chat = document.querySelector<HTMLElement>('im-chat')
    if (name === 'im-chat' && (isOpening || (chat && (chat.hasAttribute('open') || chat.getAttribute('mode') === 'inline')))) {
      preload('panel')
      preload(((chat && chat.lang) || document.documentElement.lang || navigator.language).slice(0, 2))
    }
    if (fetching[name] && wakes[name]) wakes[name]!()
    return (fetching[name] = fetching[name] || attempt(name, 0))
  }
}

/**
 * Calls `onPage` once the document is parsed, and whenever Turbo, pjax or a view transition has put another body, or other children, in place of what
 * was there. Whatever a page takes out alone stays out.
 */
function watchPage(onPage: () => void): void {
  const observer = new MutationObserver((records) => {
    if (!records.some(({ removedNodes }) => removedNodes.length > 1 || (removedNodes[0] && removedNodes[0].nodeName === 'BODY'))) return
    observe()
    onPage()
  })
  const observe = (): void => {
    observer.observe(document.documentElement, { childList: true })
    if (document.body) observer.observe(document.body, { childList: true })
  }
  observe()
  if (document.readyState !== 'loading') return
  document.addEventListener('DOMContentLoaded', () => {
    observe()
    onPage()
  })
}

function registerLanguage(page: Page, tag: string, texts: object): void {
  const languages = (page.imChatLanguages = page.imChatLanguages || {})
  languages[tag] = texts
  page.dispatchEvent(new Event('im-language'))
}

function start(page: Page, script: HTMLScriptElement | undefined): void {
  const build = buildFor(page)
  const link = plainLink(script)
  if (!build) return link.show()
  const source = script ? script.src : ''
  const base = source.slice(0, source.lastIndexOf('/') + 1)
  const { missing, over, wants, follows } = trouble(link, () => open())
  const fetch = fetcher(page, { base, build, nonce: script && script.nonce, onMissing: missing })
  const load = (name: string, isOpening?: boolean): Promise<void> => fetch(name, isOpening).then(() => over(name))

  let placed: HTMLElement | undefined
  const find = (): ChatTag => {
    const found = document.querySelector('im-chat')
    if (found) return found as ChatTag
    const made = document.createElement('im-chat')
    const data = script ? script.dataset : {}
    made.setAttribute('gateway', base.replace(/\/$/, ''))
    for (const name in data) made.setAttribute(name, data[name] || '')
    placed = made
    return document.body.appendChild(made) as unknown as ChatTag
  }

  const open = (request?: OpenRequest, from?: HTMLElement): void => {
    const { to, product } = request || {}
    const address = script && script.dataset.page
    if (address && to && 'BroadcastChannel' in page && !page.matchMedia('(pointer: coarse)').matches) {
      return openElsewhere(address, { to, product, base: document.baseURI })
    }
    const chat = find()
    if (to) chat.to = to
    if (product) chat.product = product
    const isWanted = wants(from)
    void load('im-chat', true).then(() => isWanted() && chat.show && chat.show())
  }

  page.imChat = { open, load: (name) => void load(name), registerLanguage: (tag, texts) => registerLanguage(page, tag, texts) }
  document.addEventListener('click', (event) => {
    const clicked = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-im-open]') : null
    if (!clicked || follows(clicked)) return
    event.preventDefault()
    const { to, product } = clicked.dataset
    open({ to, product }, clicked)
  })
  const begin = (): void => {
    if (script && script.dataset.to) {
      if (document.body) find()
      void load('im-chat')
    }
    ;['im-chat', 'im-desk', 'im-inbox'].filter((name) => document.querySelector(name)).forEach((name) => void load(name))
  }
  begin()
  watchPage(() => {
    if (placed && document.body && !document.querySelector('im-chat')) document.body.appendChild(placed)
    begin()
  })
}

{
  const page: Page = window
  const script = ownTag()
  const name = script && (OWN_NAME.exec(script.src) || '')[1]
  if (!page.imChat) start(page, script)
  if (name && name !== 'loader' && page.imChat) page.imChat.load(name)
}
