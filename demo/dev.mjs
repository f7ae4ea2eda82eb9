/**
 * `npm run dev`: the gateway and the widget, built again whenever a source changes. The gateway starts again by itself and its pages come
 * back by themselves; for a new widget reload the page. Only what a new browser loads is built: `npm run build` has the rest.
 */
import '../gateway/needs-node.mjs'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rollup, watch as watchBundle } from 'rollup'
import { buildGateway, bundleName, bundleOptions, forgetBuild, ROOT } from './build.mjs'

/** An editor writes a file in several steps, a checkout writes many files. */
const QUIET_MS = 150
const WIDGET = join(ROOT, 'dist/widget')
const args = process.argv.slice(2)

let gateway
let isLeaving = false

forgetBuild()
const { modern, loader } = await developmentBundles()
buildTheGateway()
watchBundle(modern).on('event', onWidget)
watchSources()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => leave(signal))

/** Small steps instead of small files: names stay the same, nothing is minified. */
async function developmentBundles() {
  const all = await bundleOptions()
  const named = (name) => all.find((options) => bundleName(options) === name)
  const unminified = ({ plugins, ...options }) => ({ ...options, plugins: plugins.filter((plugin) => plugin?.name !== 'terser') })
  const whole = unminified(named('widget/modern'))
  const watchesLoader = {
    name: 'watches-loader',
    buildStart() {
      this.addWatchFile(join(ROOT, 'widget/loader.ts'))
    },
  }
  const output = whole.output.map((one) => ({
    ...one,
    chunkFileNames: (chunk) => (chunk.isDynamicEntry ? one.chunkFileNames(chunk) : '[name].js'),
  }))
  return {
    modern: { ...whole, output, plugins: [...whole.plugins, watchesLoader], watch: { clearScreen: false, buildDelay: QUIET_MS } },
    loader: unminified(named('widget/im-chat.js')),
  }
}

async function onWidget(event) {
  if (event.code === 'START') console.log('Building the widget …')
  // what a build before left there is older than what is there now
  if (event.code === 'BUNDLE_END') await event.result.close()
  if (event.code === 'ERROR') console.error(`The widget is not built: ${event.error.message}${event.error.frame ? `\n${event.error.frame}` : ''}`)
  if (event.code !== 'END') return
  const bundle = await rollup(loader)
  for (const output of loader.output) await bundle.write(output)
  await bundle.close()
  removeCompressed()
  console.log('The widget is built; reload the page.')
  start()
}

/** Copies that a build has laid beside the files; the gateway would serve them. */
function removeCompressed() {
  for (const name of readdirSync(WIDGET, { recursive: true })) if (/\.(?:br|gz)$/.test(name)) rmSync(join(WIDGET, name))
}

function buildTheGateway() {
  console.log('Building the gateway …')
  try {
    buildGateway()
    return true
  } catch {
    console.error('The gateway is not built; what is wrong stands above.')
    return false
  }
}

function watchSources() {
  let timer
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(() => buildTheGateway() && start(), QUIET_MS)
  }
  watch(join(ROOT, 'gateway'), { recursive: true }, changed)
}

/** Ends the gateway that runs, so that its store is closed and its port is free, then starts what was built last. */
function start() {
  if (isLeaving || !existsSync(join(ROOT, 'dist/gateway/main.js')) || !existsSync(join(WIDGET, 'im-chat.js'))) return
  if (gateway !== undefined) {
    gateway.isWanted = true
    gateway.process.kill('SIGTERM')
    return
  }
  const uncached = pathToFileURL(join(ROOT, 'demo/uncached.mjs')).href
  const child = spawn(process.execPath, ['--import', uncached, join(ROOT, 'demo/start.mjs'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { DRAIN_MS: '0', ...process.env },
  })
  gateway = { process: child, isWanted: false }
  child.once('exit', (code) => {
    const { isWanted } = gateway
    gateway = undefined
    if (isLeaving) process.exit(code ?? 0)
    if (isWanted) start()
    else console.error('The gateway has ended; it starts again with the next change.')
  })
}

function leave(signal) {
  if (isLeaving) return
  isLeaving = true
  if (gateway === undefined) process.exit(0)
  // a terminal's Ctrl-C has reached it as well
  if (signal === 'SIGTERM') gateway.process.kill('SIGTERM')
}
