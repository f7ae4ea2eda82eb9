import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { webhookAddresses, webhookSecrets } from '../../gateway/backends/webhook-addresses.ts'
import { parseRedisUrl } from '../../gateway/backbone/redis/url.ts'
import { describe, expect, test } from 'vitest'
import { helpText, readConfig, renamedSettings, SettingError, SETTINGS, settingsTable, sourcesOf, imageHostsOf } from '../../gateway/config.ts'

const WEBHOOK_SECRET = '0123456789'.repeat(4)

describe('settings', () => {
  test('of an empty environment are the defaults', () => {
    expect(readConfig({})).toMatchObject({
      PORT: 8080,
      HOST: '::',
      DATA_DIR: './data',
      GUESTS: true,
      IM_SECRET: undefined,
      LOG_LEVEL: 'warn',
      DOORS: ['engine.io', 'websocket', 'rest'],
    })
  })

  test('are read by their kind, and an empty value counts as absent', () => {
    const config = readConfig({ PORT: ' 0 ', GUESTS: 'off', DOORS: 'websocket, rest', IM_SECRET: '', NODE_TAG: 'n1' })
    expect(config).toMatchObject({
      PORT: 0,
      GUESTS: false,
      DOORS: ['websocket', 'rest'],
      IM_SECRET: undefined,
      NODE_TAG: 'n1',
    })
  })

  test.each([
    ['PORT', '80a'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '1.5'],
    ['GUESTS', 'perhaps'],
    ['DOORS', 'window'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_TAG', 'a.b'],
    ['IM_JWKS_URL', 'keys'],
    ['DRAIN_MS', 'long'],
    ['REDIS_DURABILITY', 'disk'],
    ['ORIGINS', 'shop.example.com'],
    ['ORIGINS', 'https://shop.example.com/page'],
    ['PAGES', '/no/such/folder'],
    ['CUSTOMER_URL', 'crm'],
    ['CUSTOMER_URL', 'ftp://crm.example/'],
    ['CUSTOMER_URL', 'https://{shop}.crm.example/'],
    ['METRICS', 'private'],
    ['METRICS', '0'],
    ['METRICS', '65536'],
    ['METRICS', '8080'],
    ['METRICS', '-1'],
    ['SHOP_URL', 'ftp://crm.example/'],
    ['SHOP_URL', 'https://{shop}.crm.example/'],
    ['SHOP_MS', '60001'],
    ['CARD_URL', 'ftp://crm.example/'],
    ['CARD_URL', 'https://{kind}.crm.example/{id}/{customer}'],
    ['CARD_URL', 'https://crm.example/{kind}/{id}'],
    ['CARD_MS', '0'],
    ['CUSTOMER_MS', '0'],
    ['CUSTOMER_MS', '60001'],
    ['AGENT_LIMIT', '0'],
    ['AGENT_LIMIT', '1e3'],
    ['AGENT_LIMIT', '10001'],
    ['TRANSFER_MS', '0'],
    ['TRANSFER_MS', '86400001'],
    ['HANDOVER_MS', '-5'],
    ['HANDOVER_MS', '2147483648'],
    ['DRAIN_MS', '99999999999'],
    ['KEEP_DAYS', '9007199254740991'],
    ['DIRECT', 'guests'],
    ['SOURCES', 'wx,wx2'],
    ['SOURCES', 'ab,a'],
    ['SOURCES', 'a b'],
    ['SOURCES', 'a~'],
    ['SOURCES', 'x'.repeat(33)],
    ['SOURCES', 'shop:1'],
    ['SOURCES', 'g'],
    ['SOURCES', 'guest-x'],
    ['COMMANDS_PER_SECOND', '1000001'],
    ['IM_JWKS_URL', 'ftp://keys.example/'],
  ])('%s=%s is refused in one sentence that names both', (name, value) => {
    const read = (): unknown => readConfig({ [name]: value })
    expect(read).toThrow(SettingError)
    expect(read).toThrow(name)
    expect(read).toThrow(value)
  })

  test.each([
    ['IM_SECRET', 'thirty-one characters are short'],
    ['IM_SECRET_OLD', 'thirty-one characters are short'],
    ['CUSTOMER_KEY', 'two words'],
    ['CUSTOMER_URL', 'https://me:pass@crm.example/'],
    ['SHOP_KEY', 'two words'],
    ['CARD_KEY', 'two words'],
    ['CARD_URL', 'https://me:pass@crm.example/'],
    ['SHOP_URL', 'https://me:pass@crm.example/'],
  ])('a wrong %s is refused without repeating the secret', (name, value) => {
    const read = (): unknown => readConfig({ [name]: value })
    expect(read).toThrow(SettingError)
    expect(read).toThrow(name)
    expect(read).not.toThrow(/thirty|words|pass@/)
  })

  test.each([
    ['hooks', WEBHOOK_SECRET, 'WEBHOOK_URL'],
    ['ftp://crm.example/', WEBHOOK_SECRET, 'WEBHOOK_URL'],
    ['https://me:pass@crm.example/', WEBHOOK_SECRET, 'WEBHOOK_URL'],
    ['https://crm.example/#messages', WEBHOOK_SECRET, 'WEBHOOK_URL'],
    ['https://crm.example/ https://crm.example/#message', WEBHOOK_SECRET, 'WEBHOOK_URL'],
    [Array.from({ length: 9 }, (_, i) => `https://crm.example/${i}`).join(' '), WEBHOOK_SECRET, 'WEBHOOK_URL'],
    ['https://crm.example/', '', 'WEBHOOK_SECRET'],
    ['https://crm.example/', 'pass', 'WEBHOOK_SECRET'],
    ['https://crm.example/', `whsec_${WEBHOOK_SECRET.slice(0, 40)}`, 'WEBHOOK_SECRET'],
    ['https://crm.example/', `${WEBHOOK_SECRET} ${WEBHOOK_SECRET} ${WEBHOOK_SECRET}`, 'WEBHOOK_SECRET'],
  ])('WEBHOOK_URL=%s with WEBHOOK_SECRET=%s is refused because of %s, and no secret is repeated', (url, secret, name) => {
    const read = (): unknown => readConfig({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret })
    expect(read).toThrow(SettingError)
    expect(read).toThrow(new RegExp(`^${name} must`))
    expect(read).not.toThrow(/pass@|pass\b(?!word)|0123456789/)
  })

  test('WEBHOOK_URL may have several addresses with their events, and WEBHOOK_SECRET the old one behind the new one', () => {
    const WEBHOOK_URL = 'https://crm.example/in?key=1#message,closed  http://127.0.0.1:9/push#absent https://crm.example/all'
    const config = readConfig({ WEBHOOK_URL, WEBHOOK_SECRET: `${WEBHOOK_SECRET} whsec_${'QUFB'.repeat(11)}` })
    expect(webhookAddresses(config.WEBHOOK_URL)).toEqual([
      { url: 'https://crm.example/in?key=1', events: ['message', 'closed'] },
      { url: 'http://127.0.0.1:9/push', events: ['absent'] },
      { url: 'https://crm.example/all', events: undefined },
    ])
    expect(webhookSecrets(config)).toEqual([Buffer.from(WEBHOOK_SECRET), Buffer.from('A'.repeat(33))])
  })

  test('no sentence repeats a password, whatever stands in it and wherever it ends', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'ab1/@:?#%[] ,&='), minLength: 1, maxLength: 12 }).map((noise) => `s3cret${noise}`)
    const addresses: readonly ((password: string) => readonly [string, string])[] = [
      (password) => ['IM_JWKS_URL', `https://me:${password}@keys.example/`],
      (password) => ['IM_JWKS_URL', `ftp://keys.example/?key=${password}`],
      (password) => ['CUSTOMER_URL', `https://me:${password}@crm.example/{customer}`],
      (password) => ['CUSTOMER_URL', `ftp://me:${password}@crm.example/`],
      (password) => ['WEBHOOK_URL', `https://me:${password}@crm.example/`],
      (password) => ['ORIGINS', `https://me:${password}@shop.example`],
      (password) => ['REDIS_URL', `redis://me:${password}@redis.example:x`],
      (password) => ['REDIS_URL', `redis+sentinel://redis.example?sentinelPassword=${password}`],
    ]
    fc.assert(
      fc.property(secret, fc.constantFrom(...addresses), (password, address) => {
        const [name, value] = address(password)
        try {
          const { REDIS_URL } = readConfig({ [name]: value })
          if (REDIS_URL !== undefined) parseRedisUrl(REDIS_URL)
        } catch (error) {
          expect((error as Error).message).not.toContain('s3cret')
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('SOURCES may be any prefixes of which none begins with another', () => {
    expect(sourcesOf(readConfig({ SOURCES: ' wx, m.,app-, 店,m.,' }))).toEqual(['wx', 'm.', 'app-', '店', 'm.'])
    expect(sourcesOf(readConfig({ SOURCES: 'g,s', GUESTS: 'off' }))).toEqual(['g', 's'])
    expect([sourcesOf(readConfig({})), readConfig({}).DIRECT]).toEqual([undefined, 'signed-in'])
  })

  test('IM_SECRET_OLD without IM_SECRET is refused', () => {
    expect(() => readConfig({ IM_SECRET_OLD: 'x'.repeat(32) })).toThrow(/IM_SECRET_OLD needs an IM_SECRET/)
  })

  test('IM_SECRET may have 32 bytes', () => {
    expect(readConfig({ IM_SECRET: 'x'.repeat(32) }).IM_SECRET).toHaveLength(32)
  })

  test("ORIGINS takes origins as browsers write them, also an app's, and *", () => {
    const given = 'https://a.example, http://localhost:3000/,capacitor://localhost,null'
    expect(readConfig({ ORIGINS: given }).ORIGINS).toBe(given)
    expect(readConfig({ ORIGINS: '*' }).ORIGINS).toBe('*')
  })

  test('IMAGE_HOSTS takes names of hosts, and localhost for pages in the making', () => {
    expect(imageHostsOf(readConfig({ IMAGE_HOSTS: 'cdn.shop.example, *.shop.example,localhost,127.0.0.1' }))).toEqual([
      'cdn.shop.example',
      '*.shop.example',
      'localhost',
      '127.0.0.1',
    ])
    expect(() => readConfig({ IMAGE_HOSTS: 'https://cdn.shop.example' })).toThrow('IMAGE_HOSTS must be host names')
  })

  test('CUSTOMER_URL may have placeholders after the host, or none', () => {
    for (const given of ['https://crm.example/{shop}/{customer}?x={customer}', 'http://127.0.0.1:9/crm', 'https://crm.example']) {
      expect(readConfig({ CUSTOMER_URL: given }).CUSTOMER_URL).toBe(given)
    }
  })

  test('are all in the help', () => {
    for (const [name, { sentence }] of Object.entries(SETTINGS)) expect(helpText()).toContain(`${name.padEnd(20)} ${sentence}`)
  })

  test('docs/gateway.md has the same table', () => {
    const said = /<!-- settings:[^>]*-->\n([\s\S]*?)\n<!-- \/settings -->/.exec(readFileSync('docs/gateway.md', 'utf8'))?.[1]
    expect(said).toBe(settingsTable())
  })
})

test('REDIS_KEEP_DAYS still works with Redis, and gets no effect without it; a start says so', () => {
  const REDIS_URL = 'redis://127.0.0.1'
  expect(readConfig({ REDIS_URL, REDIS_KEEP_DAYS: '30' }).KEEP_DAYS).toBe(30)
  expect(readConfig({ REDIS_URL, REDIS_KEEP_DAYS: '30', KEEP_DAYS: '7' }).KEEP_DAYS).toBe(7)
  expect(readConfig({ REDIS_KEEP_DAYS: '30' }).KEEP_DAYS).toBe(0)
  expect(renamedSettings({ REDIS_URL, REDIS_KEEP_DAYS: '30' })).toEqual(['REDIS_KEEP_DAYS is called KEEP_DAYS now; the old name still works.'])
  expect(renamedSettings({ REDIS_KEEP_DAYS: '30' })).toEqual(['REDIS_KEEP_DAYS has no effect without REDIS_URL; set KEEP_DAYS.'])
  expect(renamedSettings({ REDIS_URL, KEEP_DAYS: '30' })).toEqual([])
})
