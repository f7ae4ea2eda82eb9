import type { Op } from './op.ts'

/** What scripts/append.lua takes: all heads, all logs, then the keys of the commands beside; see there. */
export function composeAppends(head: readonly string[], ops: readonly Op<unknown>[]): string[] {
  const { length } = ops
  const keys: string[] = []
  for (const {
    keys: [one],
  } of ops)
    keys.push(one!)
  for (const {
    keys: [, log],
  } of ops)
    keys.push(log!)
  for (const { beside } of ops) if (beside !== undefined) for (const [key] of beside) keys.push(key)
  const composed = [String(keys.length), ...keys, String(length), ...head]
  for (const { routes } of ops) composed.push(...routes!)
  for (const { args } of ops) for (const arg of args) composed.push(arg)
  ops.forEach(({ beside }, i) => {
    if (beside !== undefined) for (const [, command, one, two] of beside) composed.push(String(i + 1), command, one, two)
  })
  return composed
}
