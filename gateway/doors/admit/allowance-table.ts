/**
 * THE table: what each allowance lets through, `perMinute` on average and `burst` at once. Addresses have room for a carrier's NAT,
 * an office and a device farm, for only guests and lines without an accepted hello count by them.
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
  // ten thousand phones of one carrier that come back at once, each by WebSocket and then by polling
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
  image: { participant: rate(imagesPerMinute, imagesPerMinute), address: rate(imagesPerMinute * 10, imagesPerMinute * 30) },
  // twenty of the largest at once; at an address as many guests' as phones shrink them to, 300 kB, 200 a minute; everybody's: what a disk takes
  imageBytes:
    imagesPerMinute === 0
      ? {}
      : {
          participant: rate(20 * MB, 80 * MB),
          address: rate(60 * MB, 240 * MB),
          total: rate(600 * MB, 2400 * MB),
        },
  // a guest keeps its pass for half a year: these are first visits alone, of an office or of a carrier's NAT after a broadcast
  guest: { address: rate(guestsPerMinute, guestsPerMinute) },
  request: { address: rate(1200, 6000) },
  // by its key and not by its address: a backend may stand behind the same proxy as everybody
  backend: { total: rate(60_000, 60_000) },
  // a person who mistypes the demo's word, a backend with last week's key in a loop
  guess: { address: rate(60, 300) },
})
