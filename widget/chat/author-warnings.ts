import type { Code, WireRefusal } from '../../gateway/protocol/codes.ts'

const OTHER_RELEASE = 'The script and the gateway are of different releases: take the script from the gateway itself.'
const LIMITS =
  'The limits are the settings GUESTS_PER_MINUTE, IMAGES_PER_MINUTE and COMMANDS_PER_SECOND of the gateway; behind a proxy' +
  ' set TRUST_PROXY, or all visitors count as one.'
const WHOM = 'Look at `to` ("shop:<id>" or the id of a person) and `token`.'
const LOG = 'The log of the gateway says more.'

/**
 * What the page's author or the operator can do about each code. Undefined: nothing, because it concerns two persons or is temporary. `{origin}`
 * becomes the page's origin.
 */
const REMEDIES: Readonly<Record<Code, string | undefined>> = {
  bad_packet: OTHER_RELEASE,
  binary_unsupported: OTHER_RELEASE,
  namespace_unknown: OTHER_RELEASE,
  too_large: undefined,
  hello_required: OTHER_RELEASE,
  hello_repeated: OTHER_RELEASE,
  hello_timeout: undefined,
  version_unsupported: OTHER_RELEASE,
  pass_required: 'Put a pass into `token`. Visitors without one are let in only where the gateway has GUESTS=on, IM_SECRET and the door "rest".',
  pass_invalid:
    'Let your backend sign the pass with the IM_SECRET of this gateway (or a key of its IM_JWKS_URL), with the claims sub, role and exp,' +
    ' and shop for an agent: see "A pass" in the README.',
  pass_expired: 'Fetch a new pass and put it into `token`; that may be done at any time.',
  origin_forbidden: 'Add {origin} to the setting ORIGINS of the gateway.',
  unknown_command: OTHER_RELEASE,
  bad_request: WHOM,
  text_empty: undefined,
  text_too_long: undefined,
  image_unsupported: undefined,
  image_too_large: undefined,
  image_gone: undefined,
  images_full: 'Pictures have filled what they may: IMAGES_MB of the gateway, or three quarters of the maxmemory of its Redis.',
  unknown_conversation: WHOM,
  unknown_shop: 'Look at `to` ("shop:<id>") and at the claim shop of the pass; the setting SHOPS of the gateway names the shops there are.',
  forbidden: 'The pass in `token` may not do this: look at its claims role, shop and sub, and at `to`.',
  start_forbidden:
    '`to` is a person, to whom this pass may not write first. A shop is written to="shop:<id>"; the setting DIRECT of the gateway' +
    ' says which persons may write to persons.',
  blocked: undefined,
  too_late: undefined,
  conflict: undefined,
  agent_unavailable: undefined,
  too_many: undefined,
  rate_limited: LIMITS,
  unavailable: LOG,
  draining: undefined,
  internal: LOG,
  replaced: 'Two windows have the same `device` name.',
  slow: undefined,
  abuse: LIMITS,
}

/**
 * A refusal as a sentence for the page's author; undefined where the author can do nothing about it. `gateway`: its address, '' if the page made the
 * client itself.
 */
export function authorWarning({ code, message }: WireRefusal, gateway: string): string | undefined {
  const remedy = REMEDIES[code]?.replace('{origin}', location.origin)
  return remedy && `${message} [${code}]${gateway ? ` Gateway: ${gateway}.` : ''} ${remedy}`
}
