import type { PlainLink } from './plain-link.ts'
import { standIn, type StandIn } from './stand-in.ts'

export interface Trouble {
  /** A script could not be fetched, or not yet. */
  missing(name: string): void
  /** It has come. */
  over(name: string): void
  /** Somebody asks for the chat, perhaps by a link. Returns whether they still do when it comes: who has followed the link does not. */
  wants(link: HTMLElement | undefined): () => boolean
  /** The chat cannot come, so this link does what it would without us. */
  follows(link: HTMLElement): boolean
}

/** What people see and reach while a script cannot be fetched: stand-ins, the page's plain link, and links that follow their own `href`. */
export function trouble(plain: PlainLink, onPress: () => void): Trouble {
  const stands: Record<string, StandIn | undefined> = {}
  let isAway = false
  let isWanted = false
  let clicked: HTMLElement | undefined
  const follows = (link: HTMLElement): boolean => isAway && link.hasAttribute('href')
  const setAway = (is: boolean): void => {
    isAway = is
    if (!is) return plain.hide()
    plain.show()
    const stand = stands['im-chat']
    if (isWanted && stand) stand.say()
    if (!clicked || !follows(clicked)) return
    const link = clicked
    const chat = document.querySelector<HTMLElement & { hide?: () => void }>('im-chat')
    isWanted = false
    clicked = undefined
    if (chat && chat.hide) chat.hide()
    link.click()
  }
  // of an element whose panel could not be fetched
  document.addEventListener('im-available', ({ detail }: Event & { detail?: { isAvailable: boolean } }) => setAway(!detail!.isAvailable), true)
  return {
    missing(name) {
      const tag = document.querySelector<HTMLElement>(name)
      const stand = stands[name]
      if (tag && !(stand && tag.contains(stand.corner))) stands[name] = standIn(tag, onPress)
      if (name === 'im-chat') setAway(true)
    },
    over(name) {
      const stand = stands[name]
      if (stand && stand.corner.parentNode) stand.corner.parentNode.removeChild(stand.corner)
      if (name === 'im-chat' && isAway) setAway(false)
      stands[name] = undefined
    },
    wants(link) {
      isWanted = true
      clicked = link
      return () => isWanted
    },
    follows,
  }
}
