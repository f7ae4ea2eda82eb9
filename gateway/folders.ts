import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

interface Folders {
  /** Served at `/`, the first that has a file; none: only sockets, REST and the widget. */
  readonly pages: readonly string[]
  readonly hasDemo: boolean
  readonly widget: string
}

/**
 * The folders of the pages and of the widget's files. The demo's pages, with the docs and the playground that a build makes, are served in demo mode,
 * and where PAGES asks for them. The package's root is one folder above the sources, and two above dist.
 */
export function folders({ PAGES }: Config, isDemo: boolean): Folders {
  const above = join(import.meta.dirname, '..')
  const root = existsSync(join(above, 'package.json')) ? above : join(above, '..')
  const hasDemo = PAGES === 'demo' || (PAGES === undefined && isDemo)
  const own = PAGES === undefined ? [] : [PAGES]
  return { pages: hasDemo ? [join(root, 'demo/pages'), join(root, 'dist/pages')] : own, hasDemo, widget: join(root, 'dist/widget') }
}
