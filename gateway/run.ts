/** Reads the environment, builds the gateway and listens. SIGTERM or Ctrl-C drains and exits, a second Ctrl-C exits at once. */
import { networkInterfaces } from 'node:os'
import { renderUnicodeCompact } from 'uqr'
import { createApp, type App } from './app.ts'
import { DataError } from './backbone/data-error.ts'
import { DataFolderError } from './backbone/embedded/folder.ts'
import { reportOf, salvage } from './backbone/embedded/salvage.ts'
import { helpText, readConfig, renamedSettings, SettingError, SETTINGS, type Config } from './config.ts'
import { DATA_COMMANDS, isDataCommand, runDataCommand, type DataCommand } from './data-commands.ts'
import { examine } from './ops/doctor.ts'
import { warmUp } from './warm-up.ts'
import { misspeltArgument, misspeltSettings } from './misspelt.ts'

const INTERRUPTED = 130
/** Signals within so many ms are one: a terminal's Ctrl-C reaches npm and the gateway, and npm forwards its own. */
const SAME_SIGNAL_MS = 500
const OPTIONS = ['--help', '-h', '--salvage', 'doctor', '--origin', ...DATA_COMMANDS]
const [first = '', ...others] = process.argv.slice(2)

const stranger = misspeltArgument(process.argv.slice(2), { options: OPTIONS, settings: Object.keys(SETTINGS) })
if (stranger !== undefined) fail(new SettingError(stranger))

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(helpText())
} else if (process.argv.includes('doctor')) {
  await startDoctor()
} else if (process.argv.includes('--salvage')) {
  await startSalvage().catch(fail)
} else if (isDataCommand(first)) {
  await startDataCommand(first).catch(fail)
} else {
  await start().catch(fail)
}

/** `--salvage [folder]` repairs a data folder (backbone/embedded/salvage.ts) instead of starting a gateway. */
async function startSalvage(): Promise<void> {
  const folder = process.argv[process.argv.indexOf('--salvage') + 1] ?? readConfig(process.env).DATA_DIR
  const salvaged = await salvage(folder)
  console.log(salvaged === undefined ? `The data folder ${folder} is not damaged; there is nothing to salvage.` : reportOf(salvaged))
}

/** `check`, `backup`, `restore` and `move` work on stored data instead of starting a gateway (data-commands.ts). Ends with 1 where something is wrong. */
async function startDataCommand(command: DataCommand): Promise<void> {
  const isSound = await runDataCommand(command, { given: others, config: readConfig(process.env), say: (line) => console.log(line) })
  if (!isSound) process.exitCode = 1
}

/** `doctor <address> [--origin <page>]` examines a gateway from outside (ops/doctor.ts) instead of starting one. Ends with 1 where something has to change. */
async function startDoctor(): Promise<void> {
  const after = (name: string): string | undefined => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)
  for await (const { verdict, what, advice } of examine(after('doctor') ?? '', after('--origin'))) {
    console.log(
      `${verdict === 'ok' ? 'ok    ' : verdict === 'look' ? 'look  ' : 'CHANGE'}  ${what}${advice === undefined ? '' : `\n        ${advice}`}`,
    )
    if (verdict === 'change') process.exitCode = 1
  }
}

async function start(): Promise<void> {
  for (const sentence of [...misspeltSettings(process.env, Object.keys(SETTINGS)), ...renamedSettings(process.env)]) console.error(sentence)
  const config = readConfig(process.env)
  const app = await createApp(config, { isProcess: true })
  // an unhandled rejection in one task must not end everybody's sessions
  process.on('unhandledRejection', (error) => app.reportStray(error))
  try {
    if (config.WARM_UP) await warmUp(config).catch((error: unknown) => app.reportStray(error))
    const { port } = await app.listen()
    // before the greeting, because a script may stop the gateway as soon as it reads that
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
    console.log('Stopping: every session is asked to reconnect. Press Ctrl-C again to exit at once.')
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
  console.log(`\nim-chat ${unready === undefined ? 'is ready' : `listens, but cannot serve yet: ${unready}`}.\n  local  ${local}/${word}`)
  const address = isEverywhere ? lanAddress() : undefined
  if (address !== undefined) {
    const isDemo = PAGES === 'demo' || (PAGES === undefined && demoWord !== undefined)
    const phone = `http://${address}:${port}/${isDemo ? 'phone.html' : ''}${word}`
    console.log(`  LAN    http://${address}:${port}/${word}\n  phone  ${phone}\n\n${renderUnicodeCompact(phone)}`)
  }
  if (demoWord !== undefined) {
    console.log('\nDemo mode: whoever knows the word in these links can be anybody. Set IM_SECRET before real people use this gateway.')
  }
}

function lanAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

/** Prints one sentence for an error that the operator can fix, else the error with its stack. */
function fail(error: unknown): never {
  console.error(sentence(error) ?? error)
  process.exit(1)
}

function sentence(error: unknown): string | undefined {
  if (error instanceof SettingError || error instanceof DataFolderError || error instanceof DataError) return error.message
  const { code, port, address, hostname, path } = error as NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string }
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use by another program. Set PORT to a free one.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${address ?? hostname ?? ''} is not an address of this machine. Set HOST to one of its addresses, or to :: for all.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return path === undefined
        ? `Not allowed to listen on port ${port}. Set PORT to one above 1023.`
        : `The data folder cannot be written: ${path}. Set DATA_DIR to a folder this user may write.`
    default:
      return undefined
  }
}
