/**
 * `npm start`: starts the gateway, and in demo mode also the backend of the demo's shop, in the same process on a port of its own.
 * The gateway knows only its address (`CUSTOMER_URL`, `SHOP_URL`, `CARD_URL`), as of any other backend.
 */
import '../dist/gateway/needs-node.mjs'
import { startBackend } from './backend/backend.mjs'
import { seedQuickReplies } from './backend/seed.mjs'

const { env } = process
const isSet = (name) => (env[name] ?? '').trim() !== ''
const isDemo = process.argv.length === 2 && !['IM_SECRET', 'IM_JWKS_URL', 'PAGES', 'DOORS'].some(isSet)

if (isDemo && !isSet('CUSTOMER_URL')) {
  const { url } = await startBackend()
  env.CUSTOMER_URL = `${url}/customers/{customer}?shop={shop}`
  if (!isSet('SHOP_URL')) env.SHOP_URL = `${url}/shops/{shop}`
  if (!isSet('CARD_URL')) env.CARD_URL = `${url}/cards/{kind}/{id}?customer={customer}&shop={shop}`
  console.log(`The demo's backend is at ${url}. \`curl -X POST ${url}/switch/slow\` makes it slow (also: down, empty, ready).`)
}
await (
  await import('../dist/gateway/main.js')
).started
const host = isSet('HOST') && !['::', '0.0.0.0'].includes(env.HOST) ? env.HOST : '127.0.0.1'
const port = isSet('PORT') ? env.PORT : '8080'
if (isDemo && port !== '0') {
  await seedQuickReplies(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
    dataDir: isSet('DATA_DIR') ? env.DATA_DIR.trim() : './data',
    word: isSet('DEMO_WORD') ? env.DEMO_WORD.trim() : undefined,
  }).catch((error) => console.error(`The desk has no quick replies yet (${error.message}); the next start tries again.`))
}
