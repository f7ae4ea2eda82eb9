import type { Speaker } from '../ui/speaker.ts'
import { onDemand } from '../ui/on-demand.ts'
import { PANEL_VERSION, type PanelScript } from './panel-contract.ts'

/**
 * A browser may remember a failed import by its address for as long as the page lives, so every second try uses another address: the script's name in
 * this project's own build. A bundler names it differently; there, only every other try can succeed.
 */
const fetchPanel = (failures: number): Promise<PanelScript> =>
  failures % 2 === 0 ? import('./panel.ts') : import(/* @vite-ignore */ new URL(`./chat-panel-${PANEL_VERSION}.js?${failures}`, import.meta.url).href)

let speaker: Speaker

const script = onDemand(async (failures) => {
  const fetched = await fetchPanel(failures)
  await fetched.prepare(speaker)
  return fetched
})

/** The panel's script, with the texts in the language of the first caller; undefined while it loads. */
export function panelScript(asker: Speaker): PanelScript | undefined {
  speaker = asker
  return script(asker)
}

/** The script could not be fetched and is being retried. */
export const isPanelMissing = (): boolean => script.hasFailed

/** Calls back when the page is idle, after at most 3 s. Returns a function that cancels it. */
export function whenIdle(callback: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(callback, 200)
    return () => clearTimeout(timer)
  }
  const id = requestIdleCallback(callback, { timeout: 3000 })
  return () => cancelIdleCallback(id)
}
