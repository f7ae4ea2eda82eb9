/** The longest address that the protocol's cards may have. */
const MOST = 500

/**
 * The address as a reader on another page needs it: absolute, and http or https. Undefined for anything else; for one that is too long, because a cut
 * address leads nowhere; and for a relative one where `base` is no address that others can reach (`about:blank`, `file:`, an app's own scheme).
 */
export function webAddress(value: unknown, base: string): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  try {
    const { href, protocol } = new URL(value, base)
    return /^https?:$/.test(protocol) && href.length <= MOST ? href : undefined
  } catch {
    return undefined
  }
}
