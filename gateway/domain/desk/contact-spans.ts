import { isShopSide } from '../../protocol/keys.ts'
import type { CommandAnswer } from '../../protocol/commands.ts'
import type { Message } from '../../protocol/model.ts'

type Span = NonNullable<CommandAnswer<'customer'>['earlier']>[number]

/** A silence of this length ends a contact. */
const SILENCE_MS = 21_600_000
const SPAN_COUNT = 20

/**
 * The earlier times at which customer and shop were in contact, latest first, computed from `messages` (ascending). Leaves out the current
 * contact, and the first one if it may have begun before the first of `messages`.
 */
export function contactSpans(messages: readonly Message[], now: number): Span[] {
  const spans: Span[] = []
  for (const { seq, at, side, from, name, kind } of messages) {
    // a system message is not a contact
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
    .slice(0, SPAN_COUNT)
}
