import type { WireRefusal } from '../../gateway/protocol/codes.ts'

const warned = new Set<string>()

/** One sentence in the console, once a page: `what` tells one mistake from another. */
export function warnAuthor(tag: string, what: string, sentence: string): void {
  const key = `${tag} ${what}`
  if (warned.has(key)) return
  warned.add(key)
  console.warn(`<${tag}>: ${sentence}`)
}

/** A refusal for whoever built the page: what to set, and where. `gateway`: '' where the page made the client itself. */
export function authorWords({ code, message }: WireRefusal, gateway: string): string {
  return `${message} [${code}]${gateway ? ` Gateway: ${gateway}.` : ''}${remedy(code)}`
}

function remedy(code: WireRefusal['code']): string {
  switch (code) {
    case 'origin_forbidden':
      return ` Add ${location.origin} to the setting ORIGINS of the gateway.`
    case 'pass_required':
      return ' Put a pass into `token`. Visitors without one are let in only where the gateway has GUESTS=on, IM_SECRET and the door "rest".'
    case 'pass_invalid':
      return ' Let your backend sign the pass with the IM_SECRET of this gateway (or a key of its IM_JWKS_URL), with the claims sub, role and exp,'
        + ' and shop for an agent: see "A pass" in the README.'
    case 'pass_expired':
      return ' Fetch a new pass and put it into `token`; that may be done at any time.'
    case 'forbidden':
      return ' The pass in `token` may not do this: look at its claims role, shop and sub, and at `to`.'
    case 'bad_request':
    case 'unknown_conversation':
      return ' Look at `to` ("shop:<id>" or the id of a person) and `token`.'
    case 'rate_limited':
      return ' The limits are the settings GUESTS_PER_MINUTE, IMAGES_PER_MINUTE and COMMANDS_PER_SECOND of the gateway; behind a proxy'
        + ' set TRUST_PROXY, or all visitors count as one.'
    case 'version_unsupported':
    case 'unknown_command':
      return ' The script and the gateway are of different releases: take the script from the gateway itself.'
    case 'replaced':
      return ' Two windows have the same `device` name.'
    default:
      return ''
  }
}
