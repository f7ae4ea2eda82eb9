import { html, nothing, type TemplateResult } from 'lit'
import type { Strings } from '../../locales/strings.ts'
import { EMOJIS } from './emojis.ts'

const KEY = 'im-chat:emoji'
const RECENT_COUNT = 16

type Group = keyof typeof EMOJIS

const GROUPS = Object.keys(EMOJIS) as readonly Group[]
const known = new Set(
  GROUPS.map((group) => EMOJIS[group])
    .join(' ')
    .split(' '),
)

/** Where storage is forbidden they last as long as the page. */
let recent: readonly string[] | undefined

/** What another window stored counts, and nothing but emoji of ours. */
function recentOnes(): readonly string[] {
  try {
    const stored = localStorage.getItem(KEY)
    if (stored !== null) recent = [...new Set(stored.slice(0, 500).split(' '))].filter((each) => known.has(each)).slice(0, RECENT_COUNT)
  } catch {
    // see above
  }
  return recent ?? []
}

function used(emoji: string): void {
  recent = [emoji, ...recentOnes().filter((each) => each !== emoji)].slice(0, RECENT_COUNT)
  try {
    localStorage.setItem(KEY, recent.join(' '))
  } catch {
    // see above
  }
}

const group = (name: string, emojis: readonly string[]): TemplateResult => html`<b>${name}</b><div role="group" aria-label=${name}>
  ${emojis.map((each) => html`<button type="button" tabindex="-1" data-test="one-emoji" data-do="emoji">${each}</button>`)}</div>`

function view(strings: Strings): TemplateResult {
  const { emojiGroups: names } = strings
  const latest = recentOnes()
  return html`<div class="sheet emojis" part="tray" data-test="tray" role="group" aria-label=${strings.emoji}>
    ${latest.length > 0 ? group(names.recent, latest) : nothing}${GROUPS.map((each) => group(names[each], EMOJIS[each].split(' ')))}
  </div>`
}

/** The emoji in their groups, those last used first. A script of its own: who never opens it never fetches it. */
export const emojiPicker = { view, used }
