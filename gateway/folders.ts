import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

/**
 * The folders of the pages and of the widget's files. The demo's pages are served in demo mode, and where PAGES asks for them. The package's
 * root is one folder above the sources, and two above dist.
 */
export function folders({ PAGES }: Config, isDemo: boolean): { pages: string | undefined; demoPages: string; widget: string } {
  const above = join(import.meta.dirname, '..')
  const root = existsSync(join(above, 'package.json')) ? above : join(above, '..')
  const demoPages = join(root, 'demo/pages')
  const isDemoWanted = PAGES === 'demo' || (PAGES === undefined && isDemo)
  return { pages: isDemoWanted ? demoPages : PAGES, demoPages, widget: join(root, 'dist/widget') }
}
