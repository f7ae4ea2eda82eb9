/**
 * Knows which proxies in front of this gateway are the operator's, and reads from their headers the visitor's
 * address (`X-Forwarded-For`), the host and the scheme the visitor asked for (`X-Forwarded-Host`, `X-Forwarded-Proto`).
 *
 * Each proxy appends on the right; entries to the left of the operator's proxies come from the visitor and are not trusted.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { countedAddress, plainAddress } from './addresses.ts'

const MOST_HOPS = 16
const NONE = /^(|0|off|no|false)$/i
const EVERYBODY = /^(on|yes|true|\*|0\.0\.0\.0\/0|::\/0)$/i

type Request = Pick<IncomingMessage, 'headers'> & { readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'> }

/** Where a request comes from: for the origin list, for limits by address and for the log, never for identity. */
export interface Arrival {
  /** The page's origin; absent for native apps and servers. */
  readonly origin: string | undefined
  /** The host that the visitor asked for, with a port that is not the default. */
  readonly host: string | undefined
  /** `http` or `https`, where a trusted proxy forwards it. */
  readonly scheme: string | undefined
  /** See `clientAddress`. */
  readonly address: string
}

export class TrustedProxies {
  /** The number of proxies, or their addresses. */
  readonly #trusted: number | BlockList

  /** `0` or `off`: none; a number of hops; or addresses and CIDR blocks, separated by commas. Throws a sentence. */
  constructor(setting: string) {
    this.#trusted = read(setting.trim())
  }

  /**
   * The one address a request counts by, in limits and in the log: without port, an IPv4 address in its plain form, an IPv6 address
   * as its /64, because a household or a phone has so many. `unknown` where the socket has closed.
   */
  clientAddress(request: Request): string {
    if (this.#trusted === 0) return countedAddress(request.socket.remoteAddress ?? '') ?? 'unknown'
    const chain = chainOf(request)
    return countedAddress(chain[this.#visitorIndex(chain)] ?? '') ?? 'unknown'
  }

  /** Must be asked while the socket is open. */
  arrival(request: Request): Arrival {
    return {
      origin: request.headers.origin,
      host: this.#forwarded(request, 'x-forwarded-host') ?? request.headers.host,
      scheme: this.#forwarded(request, 'x-forwarded-proto')?.toLowerCase(),
      address: this.clientAddress(request),
    }
  }

  /** The visitor's index in `chain`: the first from the right that is not one of ours, or the last before an entry that is no address. */
  #visitorIndex(chain: readonly string[]): number {
    let at = chain.length - 1
    for (let hops = 0; at > 0 && this.#isOurs(chain[at]!, hops) && plainAddress(chain[at - 1]!) !== undefined; hops++) at--
    return at
  }

  #isOurs(address: string, hops: number): boolean {
    if (typeof this.#trusted === 'number') return hops < this.#trusted
    const plain = plainAddress(address)
    return plain !== undefined && this.#trusted.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }

  /** The value that the outermost of our proxies wrote; a list has one value from each proxy, the newest on the right. */
  #forwarded(request: Request, name: string): string | undefined {
    if (this.#trusted === 0) return undefined
    const value = request.headers[name]
    if (typeof value !== 'string') return undefined
    const chain = chainOf(request)
    if (!this.#isOurs(chain.at(-1) ?? '', 0)) return undefined
    const hops = typeof this.#trusted === 'number' ? this.#trusted : chain.length - 1 - this.#visitorIndex(chain)
    const words = value.split(',').map((word) => word.trim())
    return words[Math.max(0, words.length - Math.max(1, hops))] || undefined
  }
}

/** From the visitor's own entries on the left to the socket's remote address on the right. */
function chainOf({ headers, socket }: Request): string[] {
  const header = headers['x-forwarded-for']
  const claimed = typeof header === 'string' ? header.split(',').map((word) => word.trim()) : []
  return [...claimed, socket.remoteAddress ?? '']
}

function read(setting: string): number | BlockList {
  if (NONE.test(setting)) return 0
  if (EVERYBODY.test(setting)) {
    throw new Error(
      `must be the number of proxies in front, or their addresses, not "${setting}", which would trust headers that visitors write themselves.`,
    )
  }
  if (/^\d+$/.test(setting) && Number(setting) <= MOST_HOPS) return Number(setting)
  const list = new BlockList()
  for (const entry of setting.split(',')) addEntry(list, entry.trim())
  return list
}

function addEntry(list: BlockList, entry: string): void {
  const [text = '', bits, ...rest] = entry.split('/')
  const kind = isIP(text)
  const most = kind === 4 ? 32 : 128
  const isBlock = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most
  if (kind === 0 || text.includes('%') || rest.length > 0 || (bits !== undefined && !isBlock)) {
    throw new Error(`must be a number of proxies from 0 to ${MOST_HOPS}, or addresses like 10.0.0.0/8,::1 separated by commas, not "${entry}".`)
  }
  const family = kind === 4 ? 'ipv4' : 'ipv6'
  if (bits === undefined) list.addAddress(plainAddress(text) ?? text, isIP(plainAddress(text) ?? text) === 4 ? 'ipv4' : 'ipv6')
  else list.addSubnet(text, Number(bits), family)
}
