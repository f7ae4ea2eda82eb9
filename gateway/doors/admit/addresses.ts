/** Reads IP addresses from headers and sockets. */
import { isIP } from 'node:net'

const LOOPBACK = '::1'
const MAPPED = '::ffff:'
/** IPv4 inside IPv6: mapped by a socket that hears both (::ffff:0:0/96), or by a translator (64:ff9b::/96). */
const CARRIES_IPV4 = /^(?:0:0:0:0:0:ffff|64:ff9b:0:0:0:0):([0-9a-f]+):([0-9a-f]+)$/

/** The address without brackets, port and zone; IPv4 inside IPv6 as IPv4. Undefined if the text is not an address. */
export function plainAddress(text: string): string | undefined {
  // as sockets have them
  if (isIP(text) === 4) return text
  if (text.startsWith(MAPPED) && isIP(text.slice(MAPPED.length)) === 4) return text.slice(MAPPED.length)
  const word = text.trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(word)?.[1] ?? /^([\d.]+):\d+$/.exec(word)?.[1] ?? word
  const address = bare.split('%')[0]!
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined
  const [, high, low] = CARRIES_IPV4.exec(groupsOf(address).join(':')) ?? []
  if (high === undefined || low === undefined) return address.toLowerCase()
  const bytes = [parseInt(high, 16), parseInt(low, 16)].flatMap((group) => [group >> 8, group & 255])
  return bytes.join('.')
}

/** The key by which limits count: the whole IPv4 address, or the /64 of IPv6 as `2001:db8:0:1::/64`. Undefined if the text is not an address. */
export function countedAddress(text: string): string | undefined {
  const address = plainAddress(text)
  if (address === undefined || isIP(address) === 4) return address
  const groups = groupsOf(address)
  if (groups.join(':') === '0:0:0:0:0:0:0:1') return LOOPBACK
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // the URL parser normalizes `::` and dotted tails
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  return tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
}
