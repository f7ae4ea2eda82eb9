const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

/** Moves the focus among buttons that stand in rows, as the arrows and Home and End say. False: another key. */
export function moveInGrid(key: string, buttons: readonly HTMLElement[], from: HTMLElement): boolean {
  const at = buttons.indexOf(from)
  const last = buttons.length - 1
  let to: number
  if (key === 'Home') to = 0
  else if (key === 'End') to = last
  else if (key in STEPS) to = at + STEPS[key]! * (getComputedStyle(from).direction === 'rtl' ? -1 : 1)
  else if (key === 'ArrowUp' || key === 'ArrowDown') to = nearest(buttons, at, key === 'ArrowUp' ? -1 : 1)
  else return false
  buttons[Math.min(last, Math.max(0, to))]?.focus()
  return true
}

/** Of the row above or below, the one that stands nearest; of no such row, the same. */
function nearest(buttons: readonly HTMLElement[], at: number, way: 1 | -1): number {
  const top = (index: number): number => buttons[index]!.offsetTop
  let next = at
  while (buttons[next] && top(next) === top(at)) next += way
  if (!buttons[next]) return at
  const row = top(next)
  const distance = (index: number): number => Math.abs(buttons[index]!.offsetLeft - buttons[at]!.offsetLeft)
  let best = next
  for (; buttons[next] && top(next) === row; next += way) if (distance(next) < distance(best)) best = next
  return best
}
