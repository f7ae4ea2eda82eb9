/** One timer for a whole page, however many elements show times; it runs only while somebody listens. */
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

const MINUTE_MS = 60_000

/** Calls `listener` every minute: "Today" becomes "Yesterday". Returns a function that stops it. */
export function everyMinute(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => listeners.forEach((each) => each()), MINUTE_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
