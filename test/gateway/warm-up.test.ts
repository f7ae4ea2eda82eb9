/** What a process does before it listens: in memory only, whatever its settings say of the real store and of the real servers beside it. */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../gateway/config.ts'
import { warmUp } from '../../gateway/warm-up.ts'

const NOWHERE = 'http://127.0.0.1:1/'

test.each<[string, Record<string, string>]>([
  [
    'the settings of a shop',
    { IM_SECRET: 'a secret of at least thirty-two bytes', SHOPS: '7,8', SOURCES: 'x-,y-', GUESTS: 'off', ORIGINS: 'https://shop.example' },
  ],
  [
    'a Redis, a key set and backends that are away',
    {
      REDIS_URL: 'redis://127.0.0.1:1',
      IM_JWKS_URL: NOWHERE,
      CUSTOMER_URL: NOWHERE,
      SHOP_URL: NOWHERE,
      CARD_URL: NOWHERE,
      WEBHOOK_URL: NOWHERE,
      WEBHOOK_SECRET: 'x'.repeat(32),
    },
  ],
  ['one door', { DOORS: 'websocket', METRICS: '1', RATE_LIMITS: 'on', COMMANDS_PER_SECOND: '1' }],
])('the warm-up carries messages and touches nothing, with %s', async (_name, settings) => {
  const folder = join(tmpdir(), `im-chat-nobody-${process.pid}`)
  expect(await warmUp(readConfig({ ...settings, DATA_DIR: folder }))).toBeGreaterThan(0)
  expect(existsSync(folder)).toBe(false)
})
