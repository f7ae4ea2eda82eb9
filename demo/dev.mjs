/**
 * `npm run dev`: builds the gateway and the widget again whenever a source changes. The gateway restarts by itself, and open chats reconnect;
 * for a new widget reload the page, as for the docs and the playground. It builds only what modern browsers load; `npm run build` builds the rest.
 */
import '../gateway/needs-node.mjs'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rollup, watch as watchBundle } from 'rollup'
import { buildGateway, buildPages, bundleName, bundleOptions, forgetBuild, ROOT } from './build.mjs'

/** A build waits until nothing has changed for so long: editors write a file in several steps, and a checkout writes many files. */
const QUIET_MS = 150
const WIDGET = join(ROOT, 'dist/widget')
const args = process.argv.slice(2)

let gateway
let isStopping = false

forgetBuild()
const { modern, loader } = await developmentBundles()
buildTheGateway()
await buildThePages()
watchBundle(modern).on('event', onWidget)
watchSources()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal))

/** Bundles that are built fast instead of small: nothing is minified, and file names stay the same. */
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
  // rollup's own rule: the bundle of each build has to be closed
  if (event.code === 'BUNDLE_END') await event.result.close()
  if (event.code === 'ERROR')
    console.error(`The widget could not be built: ${event.error.message}${event.error.frame ? `\n${event.error.frame}` : ''}`)
  if (event.code !== 'END') return
  const bundle = await rollup(loader)
  for (const output of loader.output) await bundle.write(output)
  await bundle.close()
  removeCompressed()
  console.log('The widget is built. Reload the page.')
  start()
}

/** Removes the compressed copies of an earlier build, because the gateway would serve them in place of the new files. */
function removeCompressed() {
  for (const name of readdirSync(WIDGET, { recursive: true })) if (/\.(?:br|gz)$/.test(name)) rmSync(join(WIDGET, name))
}

function buildTheGateway() {
  console.log('Building the gateway …')
  try {
    buildGateway()
    return true
  } catch {
    console.error('The gateway could not be built. The reason is above.')
    return false
  }
}

async function buildThePages() {
  try {
    await buildPages()
    console.log('The docs and the playground are built.')
  } catch (error) {
    console.error(`The docs and the playground could not be built: ${error.message}`)
  }
}

function watchSources() {
  watch(
    join(ROOT, 'gateway'),
    { recursive: true },
    whenQuiet(() => buildTheGateway() && start()),
  )
  const pages = whenQuiet(() => void buildThePages())
  for (const folder of ['docs', 'demo/docs', 'demo/playground', 'widget/reference']) watch(join(ROOT, folder), { recursive: true }, pages)
}

function whenQuiet(act) {
  let timer
  return () => {
    clearTimeout(timer)
    timer = setTimeout(act, QUIET_MS)
  }
}

/** Stops the running gateway, waits until its store is closed and its port is free, and starts what was built last. */
function start() {
  if (isStopping || !existsSync(join(ROOT, 'dist/gateway/main.js')) || !existsSync(join(WIDGET, 'im-chat.js'))) return
  if (gateway !== undefined) {
    gateway.isWanted = true
    gateway.process.kill('SIGTERM')
    return
  }
  const uncached = pathToFileURL(join(ROOT, 'demo/uncached.mjs')).href
  const child = spawn(process.execPath, ['--import', uncached, join(ROOT, 'demo/start.mjs'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { DRAIN_MS: '0', WARM_UP: 'off', ...process.env },
  })
  gateway = { process: child, isWanted: false }
  child.once('exit', (code) => {
    const { isWanted } = gateway
    gateway = undefined
    if (isStopping) process.exit(code ?? 0)
    if (isWanted) start()
    else console.error('The gateway has ended. It starts again after the next change.')
  })
}

function stop(signal) {
  if (isStopping) return
  isStopping = true
  if (gateway === undefined) process.exit(0)
  // a terminal's Ctrl-C reaches the gateway, too
  if (signal === 'SIGTERM') gateway.process.kill('SIGTERM')
}
