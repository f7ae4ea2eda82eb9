/** `npm run bench -- --help`. What it says: docs/bench.md */
import { parseArgs } from 'node:util'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { benchGrowth } from './growth.ts'
import { LOAD_CORE, pin } from './machine.ts'
import { benchPage } from './page.ts'
import { benchTable, GROUPS, type Group } from './table.ts'

const HELP = `npm run bench -- [options]
  (none)          the rows of embedded, beside a bare relay: two minutes
  --all           every row of the table of goals, in one run: ten minutes
  --only <rows>   some of ${GROUPS.join(', ')}, with commas between
  --growth <n>    CPU of single operations while conversations, lists and shops grow: 1 is the whole, 10 a tenth; --backbone redis, too
  --page          the product page on a slow phone, beside deep-chat (of the others, --rounds alone counts)
For the table:
  --rounds <n>    for each server, in turn; medians count (default 2; of --page 5)
  --seconds <n>   how long is measured (default 4), --warmup <n>: how long each process works before (6)
  --pairs <n>     of people (200), --polling-pairs <n>: on long polling (50)
  --window <n>    messages under way of each pair (4)
  --sessions <n>  that connect at once, and that are idle (5000), --settle <n>: seconds until their memory is read (4)
  --conversations <n>  of the shop whose list is asked for (2000)
  --json <file>   also writes everything that was measured there
  --unpinned      servers, Redis and load on any core
  --profile <dir> lets the gateways write CPU profiles there when they end
  --node-options <options>  for every server's node`

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: 'embedded' },
    growth: { type: 'string' },
    backbone: { type: 'string', default: 'embedded' },
    page: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    warmup: { type: 'string', default: '6' },
    pairs: { type: 'string', default: '200' },
    'polling-pairs': { type: 'string', default: '50' },
    window: { type: 'string', default: '4' },
    sessions: { type: 'string', default: '5000' },
    settle: { type: 'string', default: '4' },
    conversations: { type: 'string', default: '2000' },
    json: { type: 'string' },
    unpinned: { type: 'boolean', default: false },
    profile: { type: 'string' },
    'node-options': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

function groups(): readonly Group[] {
  if (values.all) return GROUPS
  const names = values.only.split(',')
  const unknown = names.filter((name) => !GROUPS.includes(name as Group))
  if (unknown.length > 0) throw new Error(`There are no rows ${unknown.join(', ')}; there are ${GROUPS.join(', ')}.`)
  return names as Group[]
}

async function run(): Promise<number> {
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (values.page) return benchPage(Number(values.rounds ?? 5))
  if (values.growth !== undefined) {
    pin(process.pid, LOAD_CORE)
    return benchGrowth({ backbone: values.backbone === 'redis' ? 'redis' : 'embedded', size: Number(values.growth) })
  }
  return benchTable({
    groups: groups(),
    isPinned: !values.unpinned,
    rounds: Number(values.rounds ?? 2),
    seconds: Number(values.seconds),
    warmup: Number(values.warmup),
    pairs: Number(values.pairs),
    pollingPairs: Number(values['polling-pairs']),
    window: Number(values.window),
    sessions: Number(values.sessions),
    settleSeconds: Number(values.settle),
    conversations: Number(values.conversations),
    json: values.json,
    profileDir: values.profile,
    nodeOptions: values['node-options'],
  })
}

endOnSignals()
process.exitCode = await run()
