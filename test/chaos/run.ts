/** `npm run chaos -- --help`. Ends with 1 where the books do not balance. */
import { parseArgs } from 'node:util'
import { startEmbedded } from './stages/embedded.ts'
import { storm } from './storm.ts'
import { table } from './table.ts'

const STAGES = { embedded: startEmbedded }

const HELP = `npm run chaos -- [options]
  --stage <name>     what is let loose on: ${Object.keys(STAGES).join(', ')} (default embedded)
  --messages <n>     in all (default 10000)
  --minutes <n>      write for so long instead
  --peers <n>        that write at once, in pairs (default 8)
  --window <n>       messages of a peer on their way at once (default 8)
  --strikes <n>      how often something goes wrong; with --minutes, a minute on average (default 5)`

const { values } = parseArgs({
  options: {
    stage: { type: 'string', default: 'embedded' }, messages: { type: 'string', default: '10000' }, minutes: { type: 'string' },
    peers: { type: 'string', default: '8' }, window: { type: 'string', default: '8' }, strikes: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})

async function run(): Promise<number> {
  const start = STAGES[values.stage as keyof typeof STAGES]
  if (values.help || start === undefined) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const stage = await start()
  const report = await storm(stage, {
    peers: Number(values.peers), window: Number(values.window),
    strikes: Number(values.strikes), messages: Number(values.messages),
    ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
    tell: (line) => console.log(line),
  })
  const faults = [...report.faults, ...(await stage.stop() ? [] : ['the gateway did not end cleanly'])]
  console.log(table(report))
  console.log(faults.length === 0 ? 'The books balance.' : `NOT BALANCED: ${faults.join(', ')}`)
  return faults.length === 0 ? 0 : 1
}

process.exitCode = await run()
