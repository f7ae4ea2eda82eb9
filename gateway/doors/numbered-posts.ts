/**
 * POSTs of long polling that say their number in the session: `n=1`, 2, … A client whose POST was not answered sends it again under the same number, and
 * it is carried out once; so a lost request does not end the session, whatever commands it holds. The answer is the number instead of `ok`, by which the
 * client learns that this gateway knows numbers.
 *
 * engine.io ends a session when a POST breaks off, or comes while another one is being read. Both happen here when a network loses a request, and
 * a numbered POST is simply forgotten until it comes again. One that comes before its predecessor, or whose session has ended meanwhile, is refused:
 * the number as the answer would say that it was carried out.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { readBody } from './read-body.ts'

/** Engine.IO's close packet. A client that closes sends it beside a POST that is under way, which may be lost. */
const GOODBYE = '1'

type Request = IncomingMessage & { readonly _query?: { readonly n?: unknown } }

/** Protected members of engine.io's polling transport. */
export interface PollingInternals {
  readonly maxHttpBufferSize: number
  readonly readyState: 'open' | 'closing' | 'closed'
  onDataRequest(request: Request, response: ServerResponse): void
  onData(payload: string): void
  headers(request: Request, headers: OutgoingHttpHeaders): OutgoingHttpHeaders
}

export function takeNumberedPosts(transport: PollingInternals): void {
  const takePlain = transport.onDataRequest.bind(transport)
  let taken = 0
  transport.onDataRequest = (request, response) => {
    const number = numberOf(request)
    if (number === undefined) return takePlain(request, response)
    const onRead = (payload: string): void => {
      const isEarly = number > taken + 1 && payload !== GOODBYE
      if (isEarly || transport.readyState === 'closed') return void response.writeHead(400, transport.headers(request, {})).end()
      if (number > taken) {
        taken = number
        transport.onData(payload)
      }
      const answer = String(number)
      response.writeHead(200, transport.headers(request, { 'Content-Type': 'text/html', 'Content-Length': answer.length })).end(answer)
    }
    readBody(request, { response, mostBytes: transport.maxHttpBufferSize, onRead })
  }
}

function numberOf({ _query }: Request): number | undefined {
  const number = Number(_query?.n)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}
