/** A request's address, host and scheme come from forwarded headers only where the operator's own proxies wrote them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TrustedProxies } from '../../../gateway/doors/admit/trusted-proxies.ts'
import { readConfig, SettingError } from '../../../gateway/config.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

const request = (peer: string | undefined, forwarded?: string, more: Record<string, string> = {}) => ({
  socket: { remoteAddress: peer },
  headers: { ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }), ...more },
})
const PEER = '10.0.0.1'

test.each([
  ['off', PEER, '6.6.6.6', '10.0.0.1'],
  ['0', PEER, '6.6.6.6', '10.0.0.1'],
  ['1', PEER, undefined, '10.0.0.1'],
  ['1', PEER, '203.0.113.7', '203.0.113.7'],
  // entries that a visitor wrote stand further left
  ['1', PEER, '6.6.6.6, 203.0.113.7', '203.0.113.7'],
  ['1', PEER, '6.6.6.6,127.0.0.1,  203.0.113.7  ', '203.0.113.7'],
  ['2', PEER, '6.6.6.6, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['2', PEER, '203.0.113.7', '203.0.113.7'],
  ['10.0.0.0/8', PEER, '6.6.6.6, 203.0.113.7, 10.9.9.9', '203.0.113.7'],
  ['10.0.0.0/8', PEER, '10.1.1.1, 10.9.9.9', '10.1.1.1'],
  ['10.0.0.1', '10.0.0.2', '203.0.113.7', '10.0.0.2'],
  ['10.0.0.1,192.168.0.0/16', PEER, '203.0.113.7, 192.168.7.7', '203.0.113.7'],
  ['::1, 127.0.0.1', '::ffff:127.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['fd00::/8', 'fd00::17', '203.0.113.7', '203.0.113.7'],
  // ports, brackets, zones, and other spellings of an address
  ['1', PEER, '203.0.113.7:61234', '203.0.113.7'],
  ['1', PEER, '[2001:db8:1:2:3:4:5:6]:61234', '2001:db8:1:2::/64'],
  ['1', PEER, '[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
  ['1', PEER, '2001:DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
  ['1', PEER, '2001:db8::', '2001:db8:0:0::/64'],
  ['1', PEER, 'fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['1', PEER, '::ffff:203.0.113.7', '203.0.113.7'],
  ['1', PEER, '::ffff:cb00:7107', '203.0.113.7'],
  ['1', PEER, '64:ff9b::203.0.113.7', '203.0.113.7'],
  ['off', '::ffff:127.0.0.1', undefined, '127.0.0.1'],
  ['off', '::1', undefined, '::1'],
  // not an address: nothing left of it is trusted
  ['1', PEER, 'unknown', '10.0.0.1'],
  ['1', PEER, '', '10.0.0.1'],
  ['2', PEER, '203.0.113.7, _hidden, 10.0.0.2', '10.0.0.2'],
  ['1', PEER, '203.0.113.7, 999.1.1.1', '10.0.0.1'],
  ['1', PEER, '__proto__', '10.0.0.1'],
  ['off', undefined, undefined, 'unknown'],
])('TRUST_PROXY=%s, from %s, X-Forwarded-For %s: counts as %s', (setting, peer, forwarded, address) => {
  expect(new TrustedProxies(setting).clientAddress(request(peer, forwarded))).toBe(address)
})

test('two phones of one household share an address key, those of two households do not', () => {
  const address = (peer: string): string => new TrustedProxies('off').clientAddress(request(peer))
  expect(address('2001:db8:1:2:aaaa::1')).toBe(address('2001:db8:1:2:bbbb::2'))
  expect(address('2001:db8:1:2::1')).not.toBe(address('2001:db8:1:3::1'))
})

describe('the host and the scheme', () => {
  const headers = { host: 'inner:8080', 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'HTTPS' }
  const arrival = (setting: string, peer: string, forwarded: string, headers: Record<string, string>) => {
    const { host, scheme } = new TrustedProxies(setting).arrival(request(peer, forwarded, headers))
    return [host, scheme]
  }

  test('are taken from a trusted proxy alone', () => {
    expect(arrival('off', PEER, '203.0.113.7', headers)).toEqual(['inner:8080', undefined])
    expect(arrival('10.9.9.9', PEER, '203.0.113.7', headers)).toEqual(['inner:8080', undefined])
    expect(arrival('1', PEER, '203.0.113.7', headers)).toEqual(['shop.example', 'https'])
    expect(arrival('10.0.0.1', PEER, '203.0.113.7', headers)).toEqual(['shop.example', 'https'])
  })

  test("are the outermost proxy's, not the visitor's, when there are several", () => {
    expect(arrival('1', PEER, '203.0.113.7', { ...headers, 'x-forwarded-host': 'evil.example, shop.example' })[0]).toBe('shop.example')
    expect(arrival('2', PEER, '203.0.113.7, 10.0.0.2', { ...headers, 'x-forwarded-host': 'evil.example, shop.example, mid' })[0]).toBe('shop.example')
    expect(arrival('10.0.0.0/8', PEER, '203.0.113.7, 10.0.0.2', { ...headers, 'x-forwarded-host': 'evil.example, shop.example, mid' })[0]).toBe(
      'shop.example',
    )
  })
})

test.each([
  'true',
  'on',
  'yes',
  '*',
  '0.0.0.0/0',
  '::/0',
  '17',
  '1.5',
  '-1',
  '10.0.0.0/33',
  '10.0.0.0/0',
  '10.0.0/8',
  'proxy.example',
  '::1/129',
  '10.0.0.1 10.0.0.2',
  '10.0.0.1,',
  'fe80::1%eth0',
  '10.0.0.1/8/9',
  '1,10.0.0.1',
])('TRUST_PROXY=%s is refused in a sentence', (value) => {
  const read = (): unknown => readConfig({ TRUST_PROXY: value })
  expect(read).toThrow(SettingError)
  expect(read).toThrow(/^TRUST_PROXY must be .*\.$/)
})

describe('a gateway behind one proxy', () => {
  let gateway: StartedGateway
  beforeAll(async () => {
    gateway = await startGateway({ TRUST_PROXY: '1', GUESTS_PER_MINUTE: '2' })
  })
  afterAll(() => gateway.stop())
  const guest = async (forwarded: string): Promise<number> =>
    (await fetch(`${gateway.url}/v1/guests`, { method: 'POST', headers: { 'x-forwarded-for': forwarded } })).status

  test('counts a visitor as the same whatever addresses it writes in front', async () => {
    expect(await guest('1.1.1.1, 203.0.113.7:1000')).toBe(200)
    expect(await guest('2.2.2.2, 203.0.113.7:1001')).toBe(200)
    expect(await guest('3.3.3.3, 203.0.113.7:1002')).toBe(429)
    expect(await guest('203.0.113.8')).toBe(200)
  })

  test('counts a visitor with an IPv6 net as one', async () => {
    expect(await guest('2001:db8:1:2::1')).toBe(200)
    expect(await guest('2001:db8:1:2::2')).toBe(200)
    expect(await guest('[2001:db8:1:2:ffff::3]:99')).toBe(429)
    expect(await guest('2001:db8:1:3::1')).toBe(200)
  })
})
