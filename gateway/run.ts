/** Reads the environment, builds, listens; SIGTERM or Ctrl-C drains and exits, a second Ctrl-C exits at once. */
import { networkInterfaces } from 'node:os'
import { renderUnicodeCompact } from 'uqr'
import { createApp, type App } from './app.ts'
import { DataFolderError } from './backbone/embedded/folder.ts'
import { reportOf, salvage } from './backbone/embedded/salvage.ts'
import { helpText, readConfig, SettingError, SETTINGS, type Config } from './config.ts'
import { misspeltArgument, misspeltSettings } from './misspelt.ts'

const INTERRUPTED = 130
/** A terminal's Ctrl-C reaches npm and the gateway, and npm passes its own on: one interrupt arrives twice. */
const SAME_SIGNAL_MS = 500
const OPTIONS = ['--help', '-h', '--salvage']

const stranger = misspeltArgument(process.argv.slice(2), { options: OPTIONS, settings: Object.keys(SETTINGS) })
if (stranger !== undefined) fail(new SettingError(stranger))

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(helpText())
} else if (process.argv.includes('--salvage')) {
  await startSalvage().catch(fail)
} else {
  await start().catch(fail)
}

/** `--salvage [folder]`: see backbone/embedded/salvage.ts. No gateway starts. */
async function startSalvage(): Promise<void> {
  const folder = process.argv[process.argv.indexOf('--salvage') + 1] ?? readConfig(process.env).DATA_DIR
  const salvaged = await salvage(folder)
  console.log(salvaged === undefined ? `The data folder ${folder} is whole; there is nothing to salvage.` : reportOf(salvaged))
}

async function start(): Promise<void> {
  for (const sentence of misspeltSettings(process.env, Object.keys(SETTINGS))) console.error(sentence)
  const config = readConfig(process.env)
  const app = await createApp(config, { isProcess: true })
  // an unhandled rejection of one task is no reason to end everybody's sessions
  process.on('unhandledRejection', (error) => app.reportStray(error))
  try {
    const { port } = await app.listen()
    // whoever reads the greeting may want it gone at once
    stopOnSignal(app)
    greet(config, { port, unready: app.unready(), demoWord: app.demoWord })
  } catch (error) {
    await app.close()
    throw error
  }
}

function stopOnSignal(app: App): void {
  let since: number | undefined
  const stop = (): void => {
    const now = performance.now()
    if (since !== undefined && now - since < SAME_SIGNAL_MS) return
    if (since !== undefined) process.exit(INTERRUPTED)
    since = now
    console.log('Leaving: telling every session to reconnect elsewhere. Ctrl-C again exits at once.')
    app.drain().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

interface Greeting {
  readonly port: number
  readonly unready: string | undefined
  readonly demoWord: string | undefined
}

function greet({ HOST, PAGES }: Config, { port, unready, demoWord }: Greeting): void {
  const isEverywhere = HOST === '::' || HOST === '0.0.0.0'
  const local = `http://${isEverywhere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`
  const word = demoWord === undefined ? '' : `?word=${demoWord}`
  console.log(`\nim-chat ${unready === undefined ? 'is ready' : `listens, and cannot serve yet: ${unready}`}.\n  local  ${local}/${word}`)
  const address = isEverywhere ? lanAddress() : undefined
  if (address !== undefined) {
    const isDemo = PAGES === 'demo' || (PAGES === undefined && demoWord !== undefined)
    const phone = `http://${address}:${port}/${isDemo ? 'phone.html' : ''}${word}`
    console.log(`  LAN    http://${address}:${port}/${word}\n  phone  ${phone}\n\n${renderUnicodeCompact(phone)}`)
  }
  if (demoWord !== undefined) {
    console.log('\nDemo mode: whoever has the word in these links gets any pass from POST /v1/passes. Set IM_SECRET for real people.')
  }
}

function lanAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

/** One clear sentence for what an operator can put right; a stack for what only a developer can. */
function fail(error: unknown): never {
  console.error(sentence(error) ?? error)
  process.exit(1)
}

function sentence(error: unknown): string | undefined {
  if (error instanceof SettingError || error instanceof DataFolderError) return error.message
  const { code, port, address, hostname, path } = error as NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string }
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program; set PORT to a free one.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${address ?? hostname ?? ''} is not an address of this machine.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return path === undefined ? `Not allowed to listen on port ${port}; set PORT to one above 1023.` : `The data folder cannot be written: ${path}.`
    default:
      return undefined
  }
}
