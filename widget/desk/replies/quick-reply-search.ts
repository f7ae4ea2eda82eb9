import { fold } from '../../client/conversation-filter.ts'

/** A text ready to be sent. `{customer}` and other names in braces are filled in when it is used. */
export interface QuickReply {
  readonly id: string
  /** Its name, and mostly what is typed to find it. */
  readonly title: string
  readonly text: string
  readonly folder?: string
}

/** How well `query` is found in `text`: at its start, at a word's start, inside, or letter by letter in order; 0 not at all. */
function closeness(text: string, query: string): number {
  const at = text.indexOf(query)
  if (at === 0) return 4
  if (at > 0) return /\s/.test(text[at - 1]!) ? 3 : 2
  let from = 0
  for (const letter of query) {
    from = text.indexOf(letter, from) + 1
    if (from === 0) return 0
  }
  return 1
}

/**
 * The replies that fit what was typed, the best first; a hit in the title counts for more than one in the text. All where
 * nothing was typed.
 */
export function searchQuickReplies(replies: readonly QuickReply[], query: string): readonly QuickReply[] {
  const wanted = fold(query)
  if (wanted === '') return replies
  const rated = replies.map((reply) => {
    const inText = closeness(fold(reply.text), wanted)
    const inFolder = closeness(fold(reply.folder ?? ''), wanted)
    const rating = Math.max(closeness(fold(reply.title), wanted) * 2, inFolder, inText > 1 ? inText : 0)
    return { reply, rating }
  })
  return rated
    .filter(({ rating }) => rating > 0)
    .sort((a, b) => b.rating - a.rating)
    .map(({ reply }) => reply)
}

/** Fills in the values; a name without a value stays as it is, for the agent to see and replace. */
export const fillQuickReply = (text: string, values: Readonly<Record<string, string | undefined>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
