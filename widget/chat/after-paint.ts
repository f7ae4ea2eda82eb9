import { outsideZone } from '../client/outside-zone.ts'
import { nextTask } from './next-task.ts'

/** A page that nobody sees draws no frames. */
const UNSEEN_MS = 300

/** Calls back in a task of its own once the next frame was drawn. */
export function afterPaint(callback: () => void): void {
  let isDue = true
  const run = (): void => {
    if (isDue) callback()
    isDue = false
  }
  outsideZone(() => {
    requestAnimationFrame(() => nextTask(run))
    setTimeout(run, UNSEEN_MS)
  })
}
