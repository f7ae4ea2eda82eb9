import { html, nothing, type TemplateResult } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { ConnectionState } from '../client/types.ts'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'
import { refusalSentence } from './refusal-sentence.ts'

export interface BannerOptions {
  readonly strings: Strings
  readonly connection: ConnectionState
  readonly queuedCount: number
  /** One of them would be lost with the page. */
  readonly isOnlyHere: boolean
  /** The connection is live and a message waits: the gateway's temporary refusal. */
  readonly delay?: WireRefusal | undefined
  readonly onTryAgain: () => void
}

/** Shows the state of the connection unless it is live. It lies over the messages, so nothing moves when it appears. */
export function banner(options: BannerOptions): TemplateResult | typeof nothing {
  const { connection, delay, strings, onTryAgain } = options
  const { name } = connection
  if (name === 'idle' || name === 'closed' || (name === 'live' && !delay)) return nothing
  return html`<div class="banner" part="banner" data-test="banner" data-state=${name === 'live' ? 'waiting' : name} role="status">
    <i></i><span><bdi>${sentence(options)}</bdi></span>
    ${
      connection.name === 'refused' && isWorthARetry(connection.refusal)
        ? html`<button type="button" @click=${onTryAgain}>${strings.tryAgain}</button>`
        : nothing
    }
  </div>`
}

function sentence({ connection, strings, queuedCount, isOnlyHere }: BannerOptions): string {
  if (connection.name === 'refused') return refusalSentence(connection.refusal, strings)
  if (connection.name === 'live' || (connection.name === 'waiting' && connection.refusal)) return strings.busy
  if (connection.name === 'waiting' && queuedCount > 0)
    return fill(strings.offlineQueued, { n: queuedCount }) + (isOnlyHere ? ` ${strings.pictures.keepOpenTill}` : '')
  if (connection.name === 'waiting') return strings.offline
  return strings.connection[connection.name as 'connecting' | 'catching-up']
}

/** States without a retry button, because only the page's author or another window can help. */
const isWorthARetry = ({ code }: WireRefusal): boolean =>
  !/^(origin_forbidden|pass_(required|invalid)|version_unsupported|unknown_(shop|conversation)|(start_)?forbidden|bad_request)$/.test(code)
