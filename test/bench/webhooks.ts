/**
 * How many events webhooks deliver, and whether one is lost, while gateway, store and consumer are killed again and again:
 *   npm run build && node --import ./test/kit/typescript.mjs test/bench/webhooks.ts [events] [embedded|redis]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { freePort } from '../kit/free-port.ts'
import { spawnGateway } from '../kit/gateway.ts'
import { eventually, startRedis } from '../kit/redis.ts'
import { spawnConsumer, storm, STORM_KEY, tally } from '../kit/webhook-storm.ts'

const CONVERSATIONS = 100
/** Of the whole, the share after which something is killed. */
const KILL_SHARE = 0.1

endOnSignals()
const [count = '50000', store = 'embedded'] = process.argv.slice(2)
const eachCount = Math.ceil(Number(count) / CONVERSATIONS)
const total = eachCount * CONVERSATIONS
const folder = await mkdtemp(join(tmpdir(), 'im-webhooks-'))
const file = join(folder, 'taken')
const port = await freePort()
const redis = store === 'redis' ? await startRedis('--appendonly', 'yes', '--appendfsync', 'always') : undefined
const environment = {
  DATA_DIR: folder,
  PORT: String(await freePort()),
  API_KEY: STORM_KEY,
  RATE_LIMITS: 'off',
  COMMANDS_PER_SECOND: '0',
  WEBHOOK_URL: `http://127.0.0.1:${port}/#message`,
  WEBHOOK_SECRET: 'the-secret-of-the-webhooks-in-the-bench',
  ...(redis === undefined ? undefined : { REDIS_URL: redis.url }),
}
let gateway = await spawnGateway(environment)
let killConsumer = await spawnConsumer(port, file)
const kills = [
  async () => {
    await killConsumer()
    killConsumer = await spawnConsumer(port, file)
  },
  async () => {
    await gateway.kill()
    gateway = await spawnGateway(environment)
  },
  async () => {
    await redis?.signal()
    await redis?.start()
  },
]
const begun = performance.now()
let [killed, killing] = [0, Promise.resolve()]
const onSent = (sent: number): void => {
  if (sent % (total * KILL_SHARE) !== 0 || sent === total) return
  const kill = kills[killed++ % kills.length]!
  killing = killing.then(kill)
}
await storm({ urls: () => [gateway.url], conversationCount: CONVERSATIONS, eachCount, onSent })
await killing
const written = performance.now()
const found = await eventually(
  () => tally(file),
  (one) => one.count >= total,
  600_000,
)
const seconds = (ms: number): string => (ms / 1000).toFixed(1)
console.log(
  `${store}: ${total} messages in ${CONVERSATIONS} conversations, ${killed} kills: lost ${total - found.count}, out of order ${found.misplaced}, ` +
    `repeated ${found.repeated}; written within ${seconds(written - begun)} s, delivered ${seconds(performance.now() - written)} s later`,
)
await gateway.stop()
await killConsumer()
await redis?.stop()
await rm(folder, { recursive: true, force: true })
