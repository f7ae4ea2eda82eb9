/** The package for pages as npm publishes it, in the node_modules of a folder, beside the packages that it depends on. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Needs what build-once.ts builds. Returns the names of its files. */
export function unpackWidget(folder: string): string[] {
  const modules = join(folder, 'node_modules')
  execFileSync(process.execPath, ['demo/packages.mjs', join(folder, 'packages')], { stdio: 'inherit' })
  const pack = ['pack', join(folder, 'packages/im-chat'), '--json', '--pack-destination', folder]
  const [packed] = JSON.parse(execFileSync('npm', pack, { encoding: 'utf8' })) as readonly Packed[]
  mkdirSync(join(modules, 'im-chat'), { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, packed!.filename), '-C', join(modules, 'im-chat'), '--strip-components=1'])
  const { dependencies } = JSON.parse(readFileSync(join(modules, 'im-chat/package.json'), 'utf8')) as { readonly dependencies: object }
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name))
  }
  return packed!.files.map(({ path }) => path)
}
