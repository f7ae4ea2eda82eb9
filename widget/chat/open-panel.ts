import type * as Lit from 'lit'
import type { ReactiveControllerHost } from 'lit'
import type { PersonClient } from '../client/types.ts'
import { Presence } from './presence.ts'
import { statusesEn } from '../locales/statuses-en.ts'
import type { Strings } from '../locales/strings.ts'
import { cards, type Cards } from './timeline/cards.ts'

/** Whether the other side is there, and of a shop how available; in words. */
export interface There {
  /** As a line that is there says it with its dot. */
  readonly state: 'live' | 'busy' | 'away' | 'offline'
  readonly word: string
}

export interface OpenPanel extends Cards {
  /** Undefined where nobody knows. May be asked at every render; the host renders again when it changes. */
  there(host: ReactiveControllerHost, client: PersonClient | undefined, to: string, strings: Strings): There | undefined
}

const known = new WeakMap<ReactiveControllerHost, Presence>()

/** What comes with the first open panel of `<im-chat>` as a script of its own: what nobody needs in order to talk. */
export const openPanel = (lit: Pick<typeof Lit, 'html' | 'nothing'>): OpenPanel => ({
  ...cards(lit),
  there(host, client, to, { statuses = statusesEn }) {
    let presence = known.get(host)
    if (!presence) known.set(host, (presence = new Presence(host)))
    presence.use(client, to)
    const { isThere, theirStatus = 'online' } = presence
    const status = isThere ? theirStatus : 'offline'
    return isThere === undefined ? undefined : { state: status === 'online' ? 'live' : status, word: statuses[status] }
  },
})
