/**
 * The page's first kilobyte. One script tag, no build step:
 *
 *   <script async src="https://chat.example/loader.js" data-to="shop:42" data-token="…"></script>
 *
 * `data-*` become attributes of the `<im-chat>` it adds (none without `data-to`; a page may place its own). The widget itself
 * is fetched when the page is idle, or at once when somebody wants it: `imChat.open({to, product})`, or a click on
 * `[data-im-open]` (its `data-to` and `data-product` say what about). Safe to load twice.
 */
interface Wish {
  readonly to?: string
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

type Page = Window & { imChat?: ImChat }

function start(page: Page, script: HTMLScriptElement | null): void {
  const source = script?.src ?? ''
  const base = source.slice(0, source.lastIndexOf('/') + 1)
  let fetching: Promise<void> | undefined

  const load = (): Promise<void> =>
    (fetching ??= new Promise((resolve, reject) => {
      const tag = document.createElement('script')
      const isLegacy = !page.customElements || !('attachShadow' in Element.prototype)
      tag.src = `${base}im-chat${isLegacy ? '.legacy' : ''}.js`
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
    open({ ...(to && { to }), ...(product && { product }) })
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
