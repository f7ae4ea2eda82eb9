/** `npm start` in a clone: looks at the Node, builds what has changed, starts. `--help` needs no build. */
import '../gateway/needs-node.mjs'
import { fileURLToPath } from 'node:url'

const isHelp = process.argv.includes('--help') || process.argv.includes('-h')

void (isHelp ? help() : start())

/** From the sources: who asks for help may have nothing built yet, or something old. */
async function help() {
  const { build } = await import('esbuild')
  const {
    outputFiles: [bundle],
  } = await build({
    entryPoints: [fileURLToPath(new URL('../gateway/config.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  })
  const { helpText } = await import(`data:text/javascript;base64,${Buffer.from(bundle.contents).toString('base64')}`)
  console.log(helpText())
}

async function start() {
  const { build, endWith } = await import('./build.mjs')
  await build().catch(endWith)
  await import('./start.mjs')
}
