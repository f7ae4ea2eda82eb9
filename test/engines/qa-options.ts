import { parseArgs } from 'node:util'
import { HUB_CHECKS } from './checks.ts'

interface Option {
  readonly type: 'string' | 'boolean'
  readonly default?: string | boolean
  /** What stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

export const OPTIONS = {
  hub: { type: 'string', value: 'URL', help: 'the WebDriver hub, e.g. http://127.0.0.1:9515 or https://user:key@hub.example/wd/hub' },
  caps: {
    type: 'string',
    value: 'FILE',
    help: 'JSON: the capabilities of one device, or an array of them; "device-farm" takes them from $DEVICEFARM_…',
  },
  url: { type: 'string', value: 'PAGE', help: 'the QA page as the device reaches it, e.g. https://chat.example/qa.html' },
  checks: { type: 'string', value: 'ID,ID', help: 'only these (below)' },
  out: { type: 'string', value: 'DIR', default: 'qa-report', help: 'where screenshots, device reports and junit.xml go' },
  answers: { type: 'boolean', help: 'somebody answers in the shop with the same text in capitals: the check of answers runs' },
  resize: { type: 'boolean', help: 'the window may be resized (a desktop browser): the check of a shrinking page runs' },
  parallel: { type: 'string', value: 'N', default: '1', help: 'so many devices at once; the farm’s plan has to allow it' },
  retries: {
    type: 'string',
    value: 'N',
    default: '2',
    help: 'how often a session that is refused is asked for again; never after 400, 401, 403 or 404',
  },
  wait: { type: 'string', value: 'SECONDS', default: '15', help: 'how long before it is asked for again' },
  build: { type: 'string', value: 'NAME', help: 'what the farm calls this run (BrowserStack, Sauce Labs, LambdaTest); the version and the time' },
  name: { type: 'string', value: 'NAME', help: 'what the farm calls a session; the device’s name' },
  'device-farm': {
    type: 'string',
    value: 'DIR',
    help: 'runs nothing: writes a test package and a test spec for AWS Device Farm there (with --url, --checks, --answers)',
  },
  help: { type: 'boolean', help: 'this' },
} as const satisfies Record<string, Option>

export interface QaOptions {
  readonly hub: string
  readonly caps: string
  readonly url: string
  readonly checks: readonly string[] | undefined
  readonly out: string
  readonly hasAnswers: boolean
  readonly mayResize: boolean
  readonly parallel: number
  readonly retries: number
  readonly waitMs: number
  readonly build: string | undefined
  readonly name: string | undefined
  readonly deviceFarm: string | undefined
}

/** A sentence about what is wrong, or the help; the second is no fault. */
export class Usage extends Error {
  readonly isFault: boolean

  constructor(message: string, isFault = true) {
    super(message)
    this.isFault = isFault
  }
}

export function readOptions(args: readonly string[]): QaOptions {
  const { values } = read(args)
  if (values.help) throw new Usage(help(), false)
  const deviceFarm = values['device-farm']
  const missing = (deviceFarm ? (['url'] as const) : (['hub', 'caps', 'url'] as const)).filter((name) => !values[name])
  if (missing.length > 0) throw new Usage(`missing: ${missing.map((name) => `--${name}`).join(', ')}\n\n${help()}`)
  const checks = values.checks?.split(',')
  const unknown = checks?.filter((id) => HUB_CHECKS.every((check) => check.id !== id)) ?? []
  if (unknown.length > 0) throw new Usage(`no such check: ${unknown.join(', ')}\n\n${help()}`)
  return {
    hub: values.hub ?? '',
    caps: values.caps ?? '',
    url: values.url ?? '',
    checks,
    out: values.out,
    hasAnswers: values.answers ?? false,
    mayResize: values.resize ?? false,
    parallel: count('parallel', values.parallel, 1),
    retries: count('retries', values.retries, 0),
    waitMs: count('wait', values.wait, 0) * 1000,
    build: values.build,
    name: values.name,
    deviceFarm,
  }
}

function read(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS })
  } catch (error) {
    throw new Usage(`${(error as Error).message}\n\n${help()}`)
  }
}

function count(name: string, text: string, least: number): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least) throw new Usage(`--${name} is a whole number from ${least} on, not "${text}"`)
  return number
}

function help(): string {
  const options = Object.entries(OPTIONS as Record<string, Option>).map(([name, option]) => {
    const usual = option.default === undefined ? '' : `; ${String(option.default)}`
    return `  ${`--${name} ${option.value ?? ''}`.padEnd(20)} ${option.help}${usual}`
  })
  const checks = HUB_CHECKS.map(({ id, title }) => `  ${id.padEnd(20)} ${title}`)
  return ['npm run qa -- --hub URL --caps FILE --url PAGE', '', ...options, '', 'Checks', '', ...checks, '', 'docs/qa.md tells more.'].join('\n')
}
