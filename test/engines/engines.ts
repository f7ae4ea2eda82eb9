import { openChromium } from './chromium.ts'
import { openFirefox } from './firefox.ts'
import { OLD_CHROMIUMS, fetchOldChromiums } from './old-chromiums.mjs'
import type { Page } from './page.ts'
import { openQtWebKit } from './qtwebkit.ts'
import { openWebKitGtk, openWpe } from './webkit.ts'

/** Every engine that can be driven on an ordinary Debian machine, by the name used on the command line and in the matrix. */
export const ENGINES: Readonly<Record<string, () => Promise<Page>>> = {
  ...Object.fromEntries(Object.keys(OLD_CHROMIUMS).map((major) => [`chromium-${major}`, () => openOldChromium(Number(major))])),
  chromium: () => openChromium(),
  firefox: () => openFirefox(),
  webkitgtk: openWebKitGtk,
  wpe: openWpe,
  qtwebkit: openQtWebKit,
}

async function openOldChromium(major: number): Promise<Page> {
  const [path] = await fetchOldChromiums([major])
  return openChromium({ path: path ?? '' })
}

export function openEngine(name: string): Promise<Page> {
  const open = ENGINES[name]
  if (!open) throw new Error(`No engine ${name}; there are ${Object.keys(ENGINES).join(', ')}.`)
  return open()
}
