/** Reads `WEBHOOK_URL` and `WEBHOOK_SECRET`. What cannot be used throws the second half of a sentence, without the address's query or the secret. */
import { EVENT_TYPES, type EventType } from '../domain/webhooks/webhook-target.ts'

const ADDRESS_COUNT = 8
const SECRET_BYTES = 32

export interface WebhookAddress {
  readonly url: string
  /** Undefined: all. */
  readonly events: readonly EventType[] | undefined
}

/** An empty setting has none. */
export function webhookAddresses(setting = ''): readonly WebhookAddress[] {
  const addresses = setting
    .split(/\s+/)
    .filter((text) => text !== '')
    .map(addressOf)
  if (addresses.length > ADDRESS_COUNT) throw new Error(`must have at most ${ADDRESS_COUNT} addresses.`)
  const names = addresses.map(({ url }) => shownAddress(url))
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`must not name ${twice} twice; name all its events behind one # instead.`)
  return addresses
}

/** Without the query, which may have a key in it. */
export const shownAddress = (url: string): string => url.replace(/\?.*/, '')

/** The secrets as bytes, the one that signs first. Standard Webhooks writes one as `whsec_` and base64. */
export function webhookSecrets({ WEBHOOK_URL, WEBHOOK_SECRET }: Readonly<Record<'WEBHOOK_URL' | 'WEBHOOK_SECRET', string | undefined>>): Buffer[] {
  if (WEBHOOK_URL === undefined) return []
  if (WEBHOOK_SECRET === undefined) {
    throw new Error(
      `must be set together with WEBHOOK_URL: your backend cannot tell who sends without it. \`openssl rand -base64 ${SECRET_BYTES}\` makes one.`,
    )
  }
  const secrets = WEBHOOK_SECRET.split(/\s+/).map((text) => (text.startsWith('whsec_') ? Buffer.from(text.slice(6), 'base64') : Buffer.from(text)))
  if (secrets.length > 2) throw new Error('must be one secret, or two while you change it.')
  if (secrets.some(({ length }) => length < SECRET_BYTES)) {
    throw new Error(`must have ${SECRET_BYTES} bytes or more. \`openssl rand -base64 ${SECRET_BYTES}\` makes one.`)
  }
  return secrets
}

function addressOf(text: string): WebhookAddress {
  const [url, filter] = text.split('#') as [string, string | undefined]
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username + parsed.password !== '') {
    throw new Error('must be http or https addresses without a password, separated by spaces.')
  }
  const { href } = parsed
  if (filter === undefined) return { url: href, events: undefined }
  const events = filter.split(',')
  // not repeated: behind a # there may be the rest of a password
  if (events.some((event) => !EVENT_TYPES.includes(event as EventType))) throw new Error(`must name some of ${EVENT_TYPES.join(', ')} behind a #.`)
  return { url: href, events: events as EventType[] }
}
