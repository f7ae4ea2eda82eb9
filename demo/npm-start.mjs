/** `npm start` in a clone: checks the version of Node, builds what has changed, and starts. `--help` needs no build. */
import '../gateway/needs-node.mjs'
import { fileURLToPath } from 'node:url'

const isHelp = process.argv.includes('--help') || process.argv.includes('-h')

void (isHelp ? help() : start())

/** Reads the help from the sources, because there may be no build yet, or an old one. */
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
