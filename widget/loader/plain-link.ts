export interface PlainLink {
  show(): void
  hide(): void
}

/** The page's own way to reach the shop, for as long as the chat cannot come: `data-link` and `data-label` of the loader's tag. */
export function plainLink(script: HTMLScriptElement | undefined): PlainLink {
  const { link, label } = script ? script.dataset : ({} as DOMStringMap)
  const tag = document.createElement('a')
  const add = (): void => {
    const chat = document.querySelector('im-chat')
    ;((chat && chat.parentNode) || document.body).insertBefore(tag, chat)
  }
  return {
    show() {
      if (tag.parentNode || !link || !/^(https?:|tel:|mailto:|\/)/.test(link)) return
      tag.href = link
      tag.className = 'im-chat-link'
      tag.textContent = label || link
      if (document.body) add()
      else document.addEventListener('DOMContentLoaded', add)
    },
    hide() {
      if (tag.parentNode) tag.parentNode.removeChild(tag)
    },
  }
}
