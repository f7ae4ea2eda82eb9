import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ackPacket, connectErrorPacket, decodePacket, encodePacket, type Packet } from '../../gateway/protocol/packet.ts'
import { messagePacket, readCommandHead, readPushHead, sendAckPacket } from '../../gateway/protocol/packets.ts'

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const record = fc
  .dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    json,
    { noNullPrototype: true },
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
const ackId = fc.integer({ min: 0, max: 999_999_999_999_999 })

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.constant({ type: 'connect' } as const),
  record.map((data) => ({ type: 'connect', data }) as const),
  fc.constant({ type: 'disconnect' } as const),
  fc.record({ name: fc.string(), args: fc.array(json) }).map((event) => ({ type: 'event', ...event }) as const),
  fc.record({ name: fc.string(), args: fc.array(json), id: ackId }).map((event) => ({ type: 'event', ...event }) as const),
  fc.record({ id: ackId, args: fc.array(json) }).map((ack) => ({ type: 'ack', ...ack }) as const),
  fc.string().map((message) => ({ type: 'connectError', message }) as const),
  fc.record({ message: fc.string(), data: json }).map((error) => ({ type: 'connectError', ...error }) as const),
)

describe('the packet codec', () => {
  test('reads back whatever it writes', () => {
    fc.assert(
      fc.property(packet, (one) => {
        expect(decodePacket(encodePacket(one))).toEqual(one)
      }),
      { numRuns: 2000 },
    )
  })

  test('never throws, whatever it is given', () => {
    const head = fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '27', '2/', '2/a,', '3/,1')
    const nearly = fc.tuple(head, fc.string()).map((parts) => parts.join(''))
    const broken = fc.tuple(packet, fc.nat(), fc.string()).map(([one, at, noise]) => {
      const text = encodePacket(one)
      return text.slice(0, at % text.length) + noise + text.slice(at % text.length)
    })
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearly, broken), (text) => {
        const read = decodePacket(text)
        // as JSON has it: 1e999 is read as Infinity and written as null, -1e-999 loses its sign
        if (read.type !== 'invalid') expect(decodePacket(encodePacket(read))).toEqual(JSON.parse(JSON.stringify(read)))
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    ['0', { type: 'connect' }],
    ['0/,{"token":"t"}', { type: 'connect', data: { token: 't' } }],
    ['27["send",{"id":"m1"}]', { type: 'event', name: 'send', args: [{ id: 'm1' }], id: 7 }],
    ['2/,["send"]', { type: 'event', name: 'send', args: [] }],
    ['30[]', { type: 'ack', id: 0, args: [] }],
    ['4{"message":"no","data":{"code":"forbidden"}}', { type: 'connectError', message: 'no', data: { code: 'forbidden' } }],
  ])('reads %s', (text, expected) => {
    expect(decodePacket(text)).toEqual(expected)
  })

  test.each([
    ['', 'malformed'],
    ['7', 'malformed'],
    ['x', 'malformed'],
    ['0[]', 'malformed'],
    ['07{}', 'malformed'],
    ['1{}', 'malformed'],
    ['2', 'malformed'],
    ['2{}', 'malformed'],
    ['2[]', 'malformed'],
    ['2[1]', 'malformed'],
    ['3[]', 'malformed'],
    ['37{}', 'malformed'],
    ['4"no"', 'malformed'],
    ['21234567890123456["a"]', 'malformed'],
    ['51-["a"]', 'binary'],
    ['61-1[]', 'binary'],
    ['2/admin,["a"]', 'namespace'],
    ['0/admin', 'namespace'],
  ])('refuses %j as %s', (text, reason) => {
    expect(decodePacket(text)).toMatchObject({ type: 'invalid', reason })
  })
})

describe('the head of a packet', () => {
  test('is read if it is a push, whatever follows it', () => {
    const rest = { epoch: 'e', seq: 1234, id: 'i', from: 'a', side: 'a', kind: 'text', body: { text: '' }, at: 1 }
    const message = { conversation: 'shop:1~a"seq":5', prev: 'm"seq":6', ...rest }
    expect(readPushHead(Buffer.from(messagePacket(message)))).toEqual({ kind: 'messagePush', seq: 1234 })
    expect(readPushHead(Buffer.from('2["messagePush",{}]'))).toEqual({ kind: 'messagePush' })
    expect(readPushHead(Buffer.from('2["newPush",{"seq":5}]'))).toEqual({ kind: 'newPush' })
    for (const other of ['{"type":"sale"}', '27["send",{}]', '2', '', '[2]', '2["typing', '38[{}]', '2/a,["x"]']) {
      expect([other, readPushHead(Buffer.from(other))]).toEqual([other, undefined])
    }
  })

  test('is of the same JSON as of the whole message, whatever is written in it', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\x7f', '\ud800', '\u2028', 'ä', '客'))
    const named = fc.record({ name: text, guest: fc.constant(true as const) }, { requiredKeys: [] })
    const made = fc.record({ id: text, from: text, side: text, kind: text, body: fc.record({ text }) })
    fc.assert(
      fc.property(made, named, ({ id, from, side, kind, body }, some) => {
        const message = { conversation: 'shop:1~a', epoch: 'e', seq: 7, prev: 'm', id, from, side, ...some, kind, body, at: 5 }
        expect(messagePacket(message)).toBe(`2["messagePush",${JSON.stringify(message)}]`)
      }),
    )
  })

  test('of a command gives its id and name, as far as its first characters contain them', () => {
    expect(readCommandHead('27["send",{"to":"shop:1"}]')).toEqual({ id: 7, name: 'send' })
    expect(readCommandHead('2/,12["read"')).toEqual({ id: 12, name: 'read' })
    expect(readCommandHead('2["typing",{}]')).toEqual({ name: 'typing' })
    for (const other of ['', '0{}', '37[]', 'x']) expect(readCommandHead(other)).toEqual({})
  })

  test('answers and refusals can be decoded', () => {
    expect(decodePacket(ackPacket(7, { ok: true }))).toEqual({ type: 'ack', id: 7, args: [{ ok: true }] })
    expect(connectErrorPacket({ message: 'no', data: { code: 'x' } }, '/admin')).toBe('4/admin,{"message":"no","data":{"code":"x"}}')
    expect(decodePacket(connectErrorPacket({ message: 'no' }))).toEqual({ type: 'connectError', message: 'no' })
  })
})

test("a message's ack is the text that any answer's would be", () => {
  const stored = { ok: true, conversation: 'shop:"1\\~c1', epoch: 'e"1', seq: 7, at: 1_700_000_000_000 } as const
  const plain = { ...stored, conversation: 'shop:1~c1', epoch: 'e1', prev: 'm6' } as const
  for (const answer of [
    stored,
    plain,
    { ...plain, duplicate: true } as const,
    { ...plain, conversation: 'shop:1~"' },
    { ...plain, epoch: '\\' },
    { ...plain, prev: 'é' },
    { ...stored, prev: '"é\ud800' },
    { ...stored, prev: 'm6', duplicate: true } as const,
    { ...stored, duplicate: true } as const,
  ])
    expect(sendAckPacket(123, answer)).toBe(ackPacket(123, answer))
})
