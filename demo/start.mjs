/**
 * `npm start`: starts the gateway, and in demo mode also the backend of the demo's shop, in the same process on a port of its own.
 * The gateway knows only its address (`CUSTOMER_URL`, `SHOP_URL`, `CARD_URL`), as of any other backend.
 */
import '../dist/gateway/needs-node.mjs'
import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { startBackend } from './backend/backend.mjs'
import { seedShop } from './backend/seed.mjs'

const { env } = process
const isSet = (name) => (env[name] ?? '').trim() !== ''
const isDemo = process.argv.length === 2 && !['IM_SECRET', 'IM_JWKS_URL', 'PAGES', 'DOORS'].some(isSet)

const host = isSet('HOST') && !['::', '0.0.0.0'].includes(env.HOST) ? env.HOST : '127.0.0.1'
const port = isSet('PORT') ? env.PORT.trim() : '8080'
const gateway = `http://${host.includes(':') ? `[${host}]` : host}:${port}`

if (isDemo && !isSet('CUSTOMER_URL')) {
  const hasBot = port !== '0' && !['WEBHOOK_URL', 'WEBHOOK_SECRET', 'API_KEY'].some(isSet)
  const [apiKey, secret] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
  const { url } = await startBackend(hasBot ? { gateway, apiKey, secret } : undefined)
  if (hasBot) Object.assign(env, { API_KEY: apiKey, WEBHOOK_URL: `${url}/chat#message,assigned`, WEBHOOK_SECRET: secret })
  env.CUSTOMER_URL = `${url}/customers/{customer}?shop={shop}`
  if (!isSet('SHOP_URL')) env.SHOP_URL = `${url}/shops/{shop}`
  if (!isSet('RATINGS')) env.RATINGS = 'on'
  if (!isSet('CARD_URL')) env.CARD_URL = `${url}/cards/{kind}/{id}?customer={customer}&shop={shop}`
  // what the shop sends of its goods is drawn on the demo's pages, at whichever of this machine's addresses they are open
  if (!isSet('IMAGE_HOSTS')) env.IMAGE_HOSTS = ownHosts().join()
  console.log(`The demo's backend is at ${url}. \`curl -X POST ${url}/switch/slow\` makes it slow (also: down, empty, ready).`)
}
await (
  await import('../dist/gateway/main.js')
).started
if (isDemo && port !== '0') {
  await seedShop(gateway, {
    apiKey: isSet('API_KEY') ? env.API_KEY.trim() : undefined,
    dataDir: isSet('DATA_DIR') ? env.DATA_DIR.trim() : './data',
    word: isSet('DEMO_WORD') ? env.DEMO_WORD.trim() : undefined,
  }).catch((error) => console.error(`The shop has no quick replies and conversations yet (${error.message}); the next start tries again.`))
}

function ownHosts() {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return ['localhost', ...all.filter(({ family }) => family === 'IPv4').map(({ address }) => address)]
}
