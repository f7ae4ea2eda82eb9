import { isShopSide } from '../../protocol/keys.ts'
import type { CommandAnswer } from '../../protocol/commands.ts'
import type { Message } from '../../protocol/model.ts'

type Span = NonNullable<CommandAnswer<'customer'>['earlier']>[number]

/** A silence of so long, and what follows is another matter. */
const SILENCE_MS = 21_600_000
const MOST = 20

/**
 * The earlier times that a customer and the shop were in contact, latest first, as `messages` (ascending) tell. The contact that
 * goes on is none of them; nor is the first one where it may have begun before `messages` do.
 */
export function contactSpans(messages: readonly Message[], now: number): Span[] {
  const spans: Span[] = []
  for (const { seq, at, side, from, name, kind } of messages) {
    // words of the shop's system are no contact
    if (kind === 'system') continue
    const last = spans.at(-1)
    const agent = isShopSide(side) ? { agent: name ?? from } : undefined
    if (last === undefined || at - last.to > SILENCE_MS) spans.push({ from: at, to: at, seq, ...agent })
    else Object.assign(last, { to: at }, agent)
  }
  if ((messages[0]?.seq ?? 1) > 1) spans.shift()
  return spans
    .filter(({ to }) => now - to > SILENCE_MS)
    .reverse()
    .slice(0, MOST)
}
