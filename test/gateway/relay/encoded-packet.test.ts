import fc from 'fast-check'
import type { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import * as ws from 'ws'
import { EncodedPacket } from '../../../gateway/relay/encoded-packet.ts'

/** Exported by ws, unknown to its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable }

/** What a WebSocket implementation of others reads from the bytes. */
function readFrames(bytes: Buffer): string[] {
  const texts: string[] = []
  const receiver = new Receiver({ isServer: false })
  receiver.on('message', (data: Buffer) => texts.push(data.toString()))
  receiver.write(bytes)
  return texts
}

test('frames of any length are read as the packet they carry', () => {
  const lengths = fc.constantFrom(0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 70_000)
  fc.assert(fc.property(lengths, fc.constantFrom('x', 'é', '漢'), (length, unit) => {
    const packet = '2' + unit.repeat(length)
    const encoded = new EncodedPacket(packet)
    expect(readFrames(encoded.rawFrame)).toEqual([packet])
    expect(readFrames(encoded.engineFrame)).toEqual(['4' + packet])
    expect(new EncodedPacket(Buffer.from(packet)).text).toBe(packet)
  }))
})

test('each form is made once', () => {
  const encoded = new EncodedPacket('2["messagePush",{}]')
  expect(encoded.rawFrame).toBe(encoded.rawFrame)
  expect(encoded.engineFrame).toBe(encoded.engineFrame)
})

test('only typing and viewing are volatile', () => {
  for (const packet of ['2["typingPush",{}]', '2["viewingPush",{}]']) expect(new EncodedPacket(packet).isVolatile).toBe(true)
  for (const packet of ['2["messagePush",{}]', '2["typing', '2', '38[{}]']) expect(new EncodedPacket(packet).isVolatile).toBe(false)
})

test('a push is told from a notice of a backend', () => {
  expect(new EncodedPacket('2["notePush",{}]').isPush).toBe(true)
  for (const other of ['{"type":"sale"}', '27["send",{}]', '2', '', '[2]']) expect(new EncodedPacket(other).isPush).toBe(false)
})
