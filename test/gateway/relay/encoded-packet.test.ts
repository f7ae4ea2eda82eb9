import fc from 'fast-check'
import { PassThrough, type Writable } from 'node:stream'
import { expect, test } from 'vitest'
import * as ws from 'ws'
import { encodeMessage, EncodedPacket, encodePush } from '../../../gateway/relay/encoded-packet.ts'
import { writeFrames } from '../../../gateway/doors/write-batch.ts'
import { readPushHead } from '../../../gateway/protocol/packets.ts'

/** ws exports it; its types do not declare it. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable }

/** The messages that the library ws reads from the bytes. */
function readFrames(bytes: Buffer): string[] {
  const texts: string[] = []
  const receiver = new Receiver({ isServer: false })
  receiver.on('message', (data: Buffer) => texts.push(data.toString()))
  receiver.write(bytes)
  return texts
}

test('frames of any length are read as the packet they carry', () => {
  const lengths = fc.constantFrom(0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 70_000)
  fc.assert(
    fc.property(lengths, fc.constantFrom('x', 'é', '漢'), (length, unit) => {
      const packet = '2' + unit.repeat(length)
      const encoded = new EncodedPacket(packet)
      expect(readFrames(encoded.frame(''))).toEqual([packet])
      expect(readFrames(encoded.frame('4'))).toEqual(['4' + packet])
      expect(new EncodedPacket(Buffer.from(packet)).text).toBe(packet)
    }),
  )
})

test('each form is encoded once', () => {
  const encoded = new EncodedPacket('2["messagePush",{}]')
  expect(encoded.frame('')).toBe(encoded.frame(''))
  expect(encoded.frame('4')).toBe(encoded.frame('4'))
})

test('packets that leave together are whole frames one after another, whether answers or pushes, texts or bytes', () => {
  const texts = ['31[{"ok":true}]', '2["messagePush",{"text":"漢"}]', `32[${'x'.repeat(200)}é]`, `2["noticePush",${'y'.repeat(70_000)}]`, '1']
  const packets = texts.flatMap((text) => [
    new EncodedPacket(text),
    new EncodedPacket(Buffer.from(text)),
    new EncodedPacket(text, { kind: 'messagePush' }),
  ])
  for (const prefix of ['', '4'] as const) {
    const written: Buffer[] = []
    const network = new PassThrough({ highWaterMark: 1_000_000 })
    network.on('data', (bytes: Buffer) => written.push(bytes))
    writeFrames(network, { packets, prefix }, () => undefined)
    expect(written).toHaveLength(1)
    expect(readFrames(written[0]!)).toEqual(texts.flatMap((text) => [prefix + text, prefix + text, prefix + text]))
  }
})

test('only typing and viewing are volatile, by the kind beside the bytes', () => {
  for (const kind of ['typingPush', 'viewingPush']) expect(new EncodedPacket('2["messagePush",{}]', { kind }).isVolatile).toBe(true)
  expect(new EncodedPacket('2["typingPush",{}]', { kind: 'messagePush', seq: 1 }).isVolatile).toBe(false)
  expect(new EncodedPacket('2["typingPush",{}]').isVolatile).toBe(false)
})

test('an encoded push carries the kind and seq it was made with', () => {
  const message = {
    conversation: 'shop:1~c1',
    epoch: 'e',
    seq: 7,
    id: 'm7',
    from: 'c1',
    side: 'c1',
    kind: 'text',
    body: { text: '"seq":9' },
    at: 1,
  }
  expect(encodeMessage(message).push).toEqual({ kind: 'messagePush', seq: 7 })
  expect(encodePush('typingPush', { conversation: 'shop:1~c1', from: 'c1', side: 'c1', on: true }).push).toEqual({ kind: 'typingPush' })
  for (const { bytes, push } of [encodeMessage(message), encodePush('quickRepliesPush', {})]) expect(readPushHead(bytes)).toEqual(push)
})
