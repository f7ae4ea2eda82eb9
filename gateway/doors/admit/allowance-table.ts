/**
 * THE table of allowances: `perMinute` on average and `burst` at once. The rates of addresses leave room for a carrier's NAT, an office and a
 * device farm. Only guests, and sessions without an accepted hello, count by address.
 */
import type { AllowanceName } from '../../domain/allowances.ts'

/** `perMinute` 0 = no limit. */
export interface Rate {
  readonly perMinute: number
  readonly burst: number
}

export interface Row {
  readonly participant?: Rate
  readonly address?: Rate
  readonly total?: Rate
}

const MB = 1_000_000
const rate = (perMinute: number, burst: number): Rate => ({ perMinute, burst })

export interface Rates {
  readonly commandsPerSecond: number
  readonly guestsPerMinute: number
  readonly imagesPerMinute: number
}

const BURST_SECONDS = 10

export const allowanceTable = ({ commandsPerSecond, guestsPerMinute, imagesPerMinute }: Rates): Readonly<Record<AllowanceName, Row>> => ({
  // ten thousand phones of one carrier that reconnect at once, each by WebSocket and then by polling
  session: { address: rate(12_000, 20_000) },
  // the same phones; a hello of 64 kB costs as much as 64 small ones
  hello: { participant: rate(300, 300), address: rate(12_000, 20_000) },
  command: {
    participant: rate(commandsPerSecond * 60, commandsPerSecond * BURST_SECONDS),
    address: rate(commandsPerSecond * 60 * 20, commandsPerSecond * BURST_SECONDS * 20),
  },
  commandBytes: commandsPerSecond === 0 ? {} : { participant: rate(15 * MB, 30 * MB), address: rate(120 * MB, 240 * MB) },
  conversation: { participant: rate(2, 120), address: rate(60, 3000) },
  viewing: { participant: rate(60, 20), address: rate(1200, 400) },
  // participant: a desk with a hundred rows, as its colleagues come and go; address: ten thousand phones that reconnect at once
  presence: { participant: rate(6_000, 1_000), address: rate(60_000, 20_000) },
  // who scrolls through a history of cards, or an agent who opens one conversation after the other
  card: { participant: rate(120, 60), address: rate(2400, 1200) },
  withdraw: { participant: rate(30, 30), address: rate(600, 600) },
  image: { participant: rate(imagesPerMinute, imagesPerMinute), address: rate(imagesPerMinute * 10, imagesPerMinute * 30) },
  // participant: twenty of the largest at once; address: 200 a minute of 300 kB, to which phones shrink them; total: what a disk can write
  imageBytes:
    imagesPerMinute === 0
      ? {}
      : {
          participant: rate(20 * MB, 80 * MB),
          address: rate(60 * MB, 240 * MB),
          total: rate(600 * MB, 2400 * MB),
        },
  // a guest's pass is valid for half a year, so only first visits count, for example of an office or a carrier's NAT after a broadcast
  guest: { address: rate(guestsPerMinute, guestsPerMinute) },
  request: { address: rate(1200, 6000) },
  // not by address: a backend may be behind the same proxy as everybody
  backend: { total: rate(60_000, 60_000) },
  // a record of some 400 bytes for a day each; messages have their own ids, which cost nothing
  idempotency: { total: rate(1200, 6000) },
  // room for a person who mistypes the demo word, or a backend that retries with an old key
  guess: { address: rate(60, 300) },
})
