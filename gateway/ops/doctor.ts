/**
 * Looks at a gateway from outside, as browsers reach it through proxies, and says what to change. It needs no pass: a hello without one is refused,
 * and a transport over which the refusal comes back works.
 */
import { setTimeout as wait } from 'node:timers/promises'
import WebSocket from 'ws'

export interface Finding {
  readonly verdict: 'ok' | 'change' | 'look'
  readonly what: string
  /** What to do; absent where all is well. */
  readonly advice?: string
}

const LIMIT_MS = 8000
/** A proxy collects answers if a poll is answered later than this. */
const HELD_MS = 3000
const CLOCK_MS = 60_000

type Said = { readonly code: string } | { readonly fault: string }

/** `origin`: the page that will connect; by default one of the gateway's own host. Yields each finding as it is made; never throws. */
export async function* examine(address: string, origin?: string): AsyncGenerator<Finding> {
  const base = address.endsWith('/') ? address.slice(0, -1) : address
  if (!/^https?:\/\/./.test(base) || !URL.canParse(base)) {
    yield { verdict: 'change', what: 'The address is no web address.', advice: 'Write it as a page does: https://chat.example.com' }
    return
  }
  const { hostname, protocol } = new URL(base)
  const isHere = /^(localhost|127\.|\[::1\])/.test(hostname)
  if (protocol === 'http:' && !isHere)
    yield {
      verdict: 'change',
      what: 'It is reached by http.',
      advice: 'Browsers allow the chat on https pages only by https: put a proxy with a certificate in front.',
    }

  const health = await ask(`${base}/healthz`)
  if ('fault' in health || health.status !== 200 || !health.text.includes('"ok"')) {
    const why = 'fault' in health ? health.fault : `/healthz answers ${health.status}`
    yield {
      verdict: 'change',
      what: `No gateway answers: ${why}.`,
      advice: 'Is it running, and does the proxy forward this host to it, with all paths?',
    }
    return
  }
  yield { verdict: 'ok', what: 'A gateway answers.' }
  yield* clockOf(health.date)
  yield* readiness(await ask(`${base}/readyz`))
  yield* metrics(await ask(`${base}/metrics`), isHere)

  const page = origin ?? new URL(base).origin
  const webSocket = await bySocket(`${base.replace(/^http/, 'ws')}/ws`, page)
  yield* socket('/ws', webSocket)
  yield* socket('/im/', await bySocket(`${base.replace(/^http/, 'ws')}/im/?EIO=4&transport=websocket`, page))
  const polling = await byPolling(base, page)
  yield* polled(polling)
  const said = [webSocket, polling].find((each): each is { code: string } => 'code' in each)
  if (said) yield* pages(said.code, page, origin !== undefined)
}

function* clockOf(date: number): Generator<Finding> {
  const offMs = date - Date.now()
  if (Number.isNaN(date) || Math.abs(offMs) < CLOCK_MS) return
  const seconds = Math.round(Math.abs(offMs) / 1000)
  yield {
    verdict: 'change',
    what: `The gateway's clock is ${seconds} s ${offMs > 0 ? 'ahead of' : 'behind'} this machine's.`,
    advice: 'Set both by NTP: passes end too early or too late, and messages have wrong times.',
  }
}

function* readiness(ready: Answer): Generator<Finding> {
  if ('fault' in ready)
    yield {
      verdict: 'look',
      what: `/readyz does not answer: ${ready.fault}.`,
      advice: 'A load balancer needs it to leave out nodes that cannot serve.',
    }
  else if (ready.status === 200) yield { verdict: 'ok', what: 'It can serve: store and keys work.' }
  else yield { verdict: 'change', what: `It cannot serve: ${reasonIn(ready.text)}`, advice: 'See "ImChatPartDown" in docs/operate.md.' }
}

function* metrics(answer: Answer, isHere: boolean): Generator<Finding> {
  if (isHere || 'fault' in answer || answer.status !== 200) return
  yield {
    verdict: 'change',
    what: 'Everybody can read /metrics.',
    advice: 'Set METRICS to a port that the proxy does not forward, or refuse /metrics in the proxy.',
  }
}

function* socket(path: string, said: Said): Generator<Finding> {
  if ('code' in said) yield { verdict: 'ok', what: `WebSockets get through (${path}).` }
  else
    yield {
      verdict: 'change',
      what: `No WebSocket gets through (${path}): ${said.fault}.`,
      advice:
        'Everything seems to work, by polling, with many times the requests. In nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, and Connection "upgrade".',
    }
}

function* polled(said: Said & { readonly heldMs?: number }): Generator<Finding> {
  if ('fault' in said)
    yield {
      verdict: 'change',
      what: `Polling does not work: ${said.fault}.`,
      advice:
        'Networks that block WebSockets need it. Forward GET and POST of /im/, without a cache, and several nodes by their NODE_TAG (docs/deploy.md).',
    }
  else if ((said.heldMs ?? 0) > HELD_MS)
    yield {
      verdict: 'change',
      what: `An answer to a poll came after ${((said.heldMs ?? 0) / 1000).toFixed(1)} s.`,
      advice: 'The proxy collects answers. Switch buffering off for /im/ (in nginx: proxy_buffering off).',
    }
  else yield { verdict: 'ok', what: 'Polling works, and answers come at once.' }
}

function* pages(code: string, page: string, isGiven: boolean): Generator<Finding> {
  if (code !== 'origin_forbidden') yield { verdict: 'ok', what: `Pages of ${page} may connect.` }
  else if (isGiven) yield { verdict: 'change', what: `Pages of ${page} may not connect.`, advice: `Add ${page} to ORIGINS.` }
  else
    yield {
      verdict: 'change',
      what: "Not even pages of the gateway's own host may connect.",
      advice:
        'The proxy changes the Host header: let it forward the original (in nginx: proxy_set_header Host $host), or set TRUST_PROXY and X-Forwarded-Host.',
    }
}

type Answer = { readonly status: number; readonly text: string; readonly date: number } | { readonly fault: string }

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MS) })
    return { status: response.status, text: (await response.text()).slice(0, 100_000), date: Date.parse(response.headers.get('date') ?? '') }
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/** Says hello with an unusable pass over a WebSocket; resolves with the code of the refusal. */
function bySocket(url: string, origin: string): Promise<Said> {
  const isEngineIo = url.includes('EIO')
  return new Promise((resolve) => {
    const opened = new WebSocket(url, { origin, handshakeTimeout: LIMIT_MS, maxPayload: 1_000_000 })
    const limit = setTimeout(() => opened.terminate(), LIMIT_MS)
    const settle = (said: Said): void => {
      clearTimeout(limit)
      resolve(said)
      opened.terminate()
    }
    opened.once('unexpected-response', (_request, { statusCode }) => settle({ fault: `the upgrade is answered with ${statusCode}` }))
    opened.once('error', (error) => settle({ fault: faultOf(error) }))
    opened.once('close', () => settle({ fault: 'the connection opens, but no answer comes back' }))
    const hello = `${isEngineIo ? '4' : ''}0{"token":"none"}`
    opened.once('open', () => opened.send(hello))
    opened.on('message', (data: Buffer) => {
      const code = codeIn(data.toString())
      if (code !== undefined) settle({ code })
    })
  })
}

/** The same over long polling. `heldMs`: how long the answer to the waiting poll took after the hello was posted. */
async function byPolling(base: string, origin: string): Promise<Said & { readonly heldMs?: number }> {
  const headers = { origin, 'content-type': 'text/plain' }
  const url = `${base}/im/?EIO=4&transport=polling`
  const opened = await ask(url, { headers })
  const sid = 'fault' in opened ? undefined : /"sid":"([^"]+)"/.exec(opened.text)?.[1]
  if ('fault' in opened) return opened
  if (sid === undefined) {
    const code = codeIn(opened.text)
    return code === undefined ? { fault: `the first request is answered with ${opened.status}` } : { code }
  }
  const session = `${url}&sid=${encodeURIComponent(sid)}`
  const poll = ask(session, { headers })
  await wait(200)
  const at = performance.now()
  const posted = await ask(session, { method: 'POST', headers, body: '40{"token":"none"}' })
  if ('fault' in posted) return posted
  const answer = await poll
  if ('fault' in answer) return { fault: `a waiting poll is not answered although the gateway has an answer for it (${answer.fault})` }
  const code = codeIn(answer.text)
  return code === undefined
    ? { fault: `a poll is answered with ${answer.status} and "${answer.text.slice(0, 60)}"` }
    : { code, heldMs: performance.now() - at }
}

/** The code in a refusal or in a `byePush`. */
const codeIn = (text: string): string | undefined => /"code":"([a-z_]+)"/.exec(text)?.[1]

function reasonIn(json: string): string {
  try {
    return String((JSON.parse(json) as { reason?: unknown }).reason ?? 'it does not say why.')
  } catch {
    return 'it does not say why.'
  }
}

function faultOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return `no answer within ${LIMIT_MS / 1000} s`
  return cause?.code ?? cause?.message ?? message
}
