/**
 * Sends events to one address of `WEBHOOK_URL`, signed as Standard Webhooks says (standardwebhooks.com): HMAC-SHA256 over the id, the time and the
 * body. Any answer of 2xx means that it was taken; every other one, a redirect too, that it was not.
 */
import { createHash, createHmac } from 'node:crypto'
import type { EventType, WebhookEvent, WebhookTarget } from '../domain/webhooks/webhook-target.ts'
import { shownAddress, type WebhookAddress } from './webhook-addresses.ts'

const ANSWER_BYTES = 4096

export interface WebhookUrlOptions extends WebhookAddress {
  readonly secrets: readonly Buffer[]
  /** Ms since the epoch by this machine's clock: a consumer refuses what was signed long ago by its own. */
  readonly now: () => number
  readonly limitMs: number
}

export class WebhookUrl implements WebhookTarget {
  readonly id: string
  readonly address: string
  readonly #options: WebhookUrlOptions
  readonly #closing = new AbortController()

  constructor(options: WebhookUrlOptions) {
    this.#options = options
    this.address = shownAddress(options.url)
    this.id = digest(this.address).slice(0, 12)
  }

  wants(type: EventType): boolean {
    return this.#options.events?.includes(type) ?? true
  }

  async send({ key, type, at, data }: WebhookEvent): Promise<string | undefined> {
    const { url, secrets, now, limitMs } = this.#options
    const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data })
    const id = `evt_${digest(key).slice(0, 24)}`
    const timestamp = String(Math.floor(now() / 1000))
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'im-chat',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': secrets.map((secret) => signature(secret, `${id}.${timestamp}.${body}`)).join(' '),
    }
    const signal = AbortSignal.any([AbortSignal.timeout(limitMs), this.#closing.signal])
    try {
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
      await discard(response)
      return response.ok ? undefined : `answers with ${response.status}`
    } catch (error) {
      return reasonOf(error as Error, limitMs)
    }
  }

  /** Aborts what is under way. */
  close(): void {
    this.#closing.abort()
  }
}

/** Reads a short answer to its end, so that the connection can be used again, and cuts a long one off. */
async function discard({ body, headers }: Response): Promise<void> {
  const isShort = Number(headers.get('content-length') ?? Infinity) <= ANSWER_BYTES
  if (!isShort) return body?.cancel()
  for await (const _ of body ?? []);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

const signature = (secret: Buffer, signed: string): string => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`

function reasonOf({ name, message, cause }: Error, limitMs: number): string {
  if (name === 'TimeoutError') return `gives no answer within ${limitMs} ms`
  const { code = message } = (cause ?? {}) as { code?: string }
  return `cannot be reached (${code})`
}
