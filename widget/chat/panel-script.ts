import { onDemand, type Asker } from '../ui/on-demand.ts'
import { PANEL_VERSION, type PanelScript } from './panel-contract.ts'

/**
 * A browser may remember a failed import by its address for as long as the page lives, so every second try has another address. It is the
 * name that the script has beside ours in what this project builds; a bundler of the page's own has other names, and its turn comes again.
 */
const fetchPanel = (failures: number): Promise<PanelScript> =>
  failures % 2 === 0 ? import('./panel.ts') : import(/* @vite-ignore */ new URL(`./chat-panel-${PANEL_VERSION}.js?${failures}`, import.meta.url).href)

let lang = ''

const script = onDemand(async (failures) => {
  const fetched = await fetchPanel(failures)
  await fetched.prepare(lang)
  return fetched
})

/** The panel's script, with its sentences in the language of the first who asked; undefined while it is on its way. */
export function panelScript(asker: Asker & { readonly lang: string }): PanelScript | undefined {
  lang = asker.lang
  return script(asker)
}

/** It could not be had and is tried again. */
export const isPanelMissing = (): boolean => script.hasFailed

/** Calls back when the page has nothing better to do; returns the way to stop that. */
export function whenIdle(callback: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(callback, 200)
    return () => clearTimeout(timer)
  }
  const id = requestIdleCallback(callback, { timeout: 3000 })
  return () => cancelIdleCallback(id)
}
