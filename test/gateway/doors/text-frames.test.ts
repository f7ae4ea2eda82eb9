import fc from 'fast-check'
import type { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import * as ws from 'ws'
import { readTexts, type Receiver as Read } from '../../../gateway/doors/text-frames.ts'

/** ws exports it; its types do not declare it. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable & Read }

interface Frame {
  readonly head: number
  readonly payload: Buffer
  readonly mask: Buffer | undefined
  readonly isLong: boolean
}

function bytesOf({ head, payload, mask, isLong }: Frame): Buffer {
  const { length } = payload
  const bit = mask === undefined ? 0 : 0x80
  const size = length < 126 && !isLong ? [bit | length] : length < 65_536 ? [bit | 126, length >> 8, length & 255] : undefined
  const long = Buffer.alloc(9)
  long[0] = bit | 127
  long.writeBigUInt64BE(BigInt(length), 1)
  const masked = mask === undefined ? payload : payload.map((byte, at) => byte ^ mask[at % 4]!)
  return Buffer.concat([Buffer.from([head]), size === undefined ? long : Buffer.from(size), mask ?? Buffer.alloc(0), masked])
}

/** All that a receiver tells of the chunks, in order, and how many texts did not come from ws. */
async function told(chunks: readonly Buffer[], isDirect: boolean): Promise<{ events: string[]; directCount: number }> {
  const events: string[] = []
  let directCount = 0
  const receiver = new Receiver({ isServer: true, maxPayload: 100_000 })
  receiver.on('message', (data: Buffer, isBinary: boolean) => events.push(`${isBinary ? 'binary' : 'text'} ${data.toString()}`))
  for (const name of ['ping', 'pong']) receiver.on(name, (data: Buffer) => events.push(`${name} ${data.toString()}`))
  receiver.on('conclude', (code: number) => events.push(`close ${code}`))
  receiver.on('error', ({ message }) => events.push(message))
  const onText = (text: string): void => {
    directCount++
    events.push(`text ${text}`)
  }
  if (isDirect) readTexts(receiver, { onText })
  for (const chunk of chunks) {
    receiver.write(Buffer.from(chunk))
    await turn()
  }
  return { events, directCount }
}

const cutAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end))
}

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(0, 124, 125, 126, 127, 300, 65_535, 65_536, 100_001).map((length) => 'x'.repeat(length)),
  fc.constantFrom('é', '漢字', '😀'),
)
const frame = fc.record({
  head: fc.oneof({ weight: 8, arbitrary: fc.constant(0x81) }, fc.constantFrom(0x01, 0x01, 0x80, 0x80, 0x00, 0x82, 0x89, 0x8a, 0x88, 0xc1, 0x91)),
  payload: fc.oneof(
    { weight: 5, arbitrary: text.map((each) => Buffer.from(each)) },
    fc.uint8Array({ maxLength: 8 }).map((each) => Buffer.from(each)),
  ),
  // the second looks like the start of a frame
  mask: fc.oneof(
    { weight: 10, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((each) => Buffer.from(each)) },
    { weight: 10, arbitrary: fc.constant(Buffer.from([0x81, 0x81, 0x80, 0x80])) },
    fc.constant(undefined),
  ),
  isLong: fc.boolean(),
})

test('whatever arrives, in whatever pieces, is told as ws alone would tell it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 6 }),
      fc.array(fc.oneof(fc.nat(), fc.nat({ max: 6 })), { maxLength: 3 }),
      fc.boolean(),
      async (frames, cuts, isTogether) => {
        const bytes = frames.map(bytesOf)
        const chunks = isTogether ? cutAt(Buffer.concat(bytes), cuts) : bytes.flatMap((each) => cutAt(each, cuts.slice(2)))
        expect((await told(chunks, true)).events).toEqual((await told(chunks, false)).events)
      },
    ),
    { numRuns: 2000 },
  )
})

test('whole texts do not pass through ws, also between other frames', async () => {
  const mask = Buffer.from([1, 2, 3, 0xff])
  const frames = [
    [0x81, 'one'],
    [0x81, `é${'x'.repeat(200)}`],
    [0x89, 'ping'],
    [0x81, ''],
  ] as const
  const chunks = frames.map(([head, each]) => bytesOf({ head, payload: Buffer.from(each), mask, isLong: false }))
  expect(await told([Buffer.concat(chunks)], true)).toEqual({ events: ['text one', `text ${frames[1][1]}`, 'ping ping', 'text '], directCount: 2 })
  expect((await told(chunks, true)).directCount).toBe(3)
})

test('a frame cut after its first byte, and a text after a close frame, are no texts of their own', async () => {
  const text = { head: 0x81, payload: Buffer.from('x'), mask: Buffer.from([0x82, 1, 2, 3]), isLong: false }
  const close = { ...text, head: 0x88, payload: Buffer.alloc(0) }
  const cut = [bytesOf(text).subarray(0, 1), Buffer.concat([bytesOf(text).subarray(1), bytesOf(text)])]
  expect(await told(cut, true)).toEqual({ events: ['text x', 'text x'], directCount: 0 })
  expect((await told([bytesOf(close), bytesOf(text)], true)).events).toEqual(['close 1005'])
})
