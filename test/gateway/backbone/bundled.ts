import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

/** A process for a test, in one file. Inside node_modules, so that it finds lmdb's own binary. */
export function bundled(name: string): string {
  const script = join(import.meta.dirname, '../../../node_modules/.cache/im-chat', `${name}-${process.pid}.mjs`)
  beforeAll(() =>
    build({
      entryPoints: [join(import.meta.dirname, `${name}.ts`)],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: ['lmdb', 'fs-native-extensions'],
      outfile: script,
    }),
  )
  afterAll(() => rmSync(script))
  return script
}
