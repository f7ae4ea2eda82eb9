/** Turns facts into counters, and the few that an operator should read into log lines. Each fact has one literal case. */
import type { FastifyBaseLogger } from 'fastify'
import type { Fact } from '../domain/facts.ts'
import type { Code } from '../protocol/codes.ts'
import type { Metrics } from './metrics.ts'
import { OncePerMinute } from './once-per-minute.ts'

type Log = Pick<FastifyBaseLogger, 'error' | 'warn' | 'info' | 'debug'>

function countAppend(fact: Extract<Fact, { fact: 'messageAppended' | 'appendRefused' }>, metrics: Metrics): void {
  if (fact.fact === 'appendRefused') metrics.refusedAppends.inc()
  else metrics.appends[fact.duplicate ? 'repeated' : 'first']++
}

type AssignmentFact = Extract<Fact, { fact: 'conversationAssigned' | 'transferMade' | 'customerBlocked' | 'waitEnded' | 'queuesSeen' }>

function countAssignment(fact: AssignmentFact, metrics: Metrics): void {
  switch (fact.fact) {
    case 'conversationAssigned':
      return metrics.assignments.inc({ phase: fact.phase, by: fact.by })
    case 'transferMade':
      return metrics.transfers.inc({ state: fact.state })
    case 'customerBlocked':
      return metrics.blocks.inc({ blocked: String(fact.isBlocked) })
    case 'waitEnded':
      return metrics.waitSeconds.observe(fact.ms / 1000)
    case 'queuesSeen':
      metrics.waiting.set(fact.waitingCount)
      return metrics.longestWait.set(fact.longestMs / 1000)
  }
}

type RemovalFact = Extract<Fact, { fact: 'messageWithdrawn' | 'customerErased' | 'customerExported' | 'conversationsExpired' }>

/** Who had a person's data erased or handed out is written down each time, at a level that is on unless it was turned off. */
function noteRemoval(fact: RemovalFact, log: Log, metrics: Metrics): void {
  switch (fact.fact) {
    case 'messageWithdrawn':
      metrics.withdrawals.inc({ role: fact.role })
      // logged, because an agent speaks for the shop and the operator may have to look it up; the text itself is gone
      if (fact.role === 'agent') log.warn(fact, 'an agent has withdrawn a message')
      return
    case 'customerErased':
      metrics.erased.inc({ why: 'asked' }, fact.conversations)
      return log.warn(fact, 'a customer was erased')
    case 'customerExported':
      return log.warn(fact, 'what is stored about a customer was exported')
    case 'conversationsExpired':
      return metrics.erased.inc({ why: 'old' }, fact.count)
  }
}

type RareFact = Extract<
  Fact,
  {
    fact:
      | 'gapFound'
      | 'publishMissed'
      | 'publishRefused'
      | 'imagesFull'
      | 'allowanceSpent'
      | 'addressShared'
      | 'customerBackendFailed'
      | 'shopBackendFailed'
      | 'cardBackendFailed'
      | 'webhookRefused'
      | 'webhookGivenUp'
      | 'webhookMissed'
      | 'bugFound'
  }
>

/** Facts that should be rare but may become frequent, some at the will of strangers: each is counted, and logged once a minute. */
function logRareFact(fact: RareFact, { warn, error, metrics }: RateLimitedLog & { metrics: Metrics }): void {
  switch (fact.fact) {
    case 'gapFound':
      warn(fact.fact, fact, 'publishes may have been missed; the gateway reads the logs again')
      return metrics.gaps.inc()
    case 'publishMissed':
      warn(fact.fact, fact, 'publishes were lost; their messages are delivered now')
      return metrics.missed.inc(fact.conversationCount)
    case 'publishRefused':
      warn(fact.fact, fact, "a backend's message on a person's channel cannot be read and is ignored")
      return metrics.refusals.inc({ of: 'publish', code: 'bad_request' })
    case 'customerBackendFailed':
      warn(`${fact.fact} ${fact.reason}`, fact, 'CUSTOMER_URL failed')
      return metrics.customerFailures.inc({ reason: fact.reason })
    case 'shopBackendFailed':
      warn(`${fact.fact} ${fact.reason}`, fact, 'SHOP_URL failed')
      return metrics.shopFailures.inc({ reason: fact.reason })
    case 'cardBackendFailed':
      warn(`${fact.fact} ${fact.reason}`, fact, 'CARD_URL failed')
      return metrics.cardFailures.inc({ reason: fact.reason })
    case 'webhookRefused':
      return warn(`${fact.fact} ${fact.webhook}`, fact, 'a webhook refuses an event while it takes others; it is tried again for days')
    case 'webhookGivenUp':
      warn(`${fact.fact} ${fact.webhook}`, fact, 'a webhook has refused an event for days; GET /v1/webhooks/dead-letters lists it')
      return metrics.webhookDeadLetters.inc({ webhook: fact.webhook })
    case 'webhookMissed':
      warn(`${fact.fact} ${fact.webhook}`, fact, 'messages left the log before a webhook took them; it never gets them')
      return metrics.webhookMissed.inc({ webhook: fact.webhook }, fact.count)
    case 'imagesFull':
      return warn(fact.fact, fact, `the storage for pictures is full and new pictures are refused: ${fact.problem}`)
    case 'allowanceSpent':
      return warn(`${fact.fact} ${fact.allowance} ${fact.scope}`, fact, 'an allowance is used up; requests above it are refused with rate_limited')
    case 'addressShared':
      return warn(fact.fact, fact, 'most visitors come from one address, and allowances are counted by address; if it is your proxy, set TRUST_PROXY')
    case 'bugFound':
      error(
        `${fact.fact} ${fact.where} ${placeOf(fact.error)}`,
        { err: fact.error, where: fact.where, request: fact.request },
        'an unexpected error, which is a bug',
      )
      return metrics.bugs.inc({ where: fact.where })
  }
}

/** Where in our code it was thrown. Strangers can vary an error's message, but not this. */
const placeOf = (error: unknown): string =>
  (error instanceof Error ? error.stack?.split('\n').find((line) => line.startsWith('    at ')) : undefined) ?? typeof error

interface RateLimitedLog {
  readonly warn: (kind: string, about: object, sentence: string) => void
  readonly error: (kind: string, about: object, sentence: string) => void
}

/** Logs one line a minute for each kind; `times` is the number of events since the last line. */
function rateLimitedLog(log: Log, limitedLog: OncePerMinute): RateLimitedLog {
  const write =
    (level: 'warn' | 'error') =>
    (kind: string, about: object, sentence: string): void => {
      const times = limitedLog.take(kind)
      if (times > 0) log[level]({ ...about, times }, sentence)
    }
  return { warn: write('warn'), error: write('error') }
}

type RefusalFact = Extract<Fact, { fact: 'helloRefused' | 'requestRefused' | 'commandRefused' }>

/** Refusals that an operator or a page's author can fix. The others have a cause that lies with one person, or pass by themselves. */
const FIXABLE: ReadonlySet<Code> = new Set([
  'origin_forbidden',
  'pass_required',
  'pass_invalid',
  'version_unsupported',
  'rate_limited',
  'unknown_shop',
])
/** Refused commands are frequent, so only those that a setting can change are logged. */
const SETTINGS_SAY: ReadonlyMap<Code, string> = new Map([
  ['unknown_shop', ' Add the shop to SHOPS if it is yours.'],
  ['start_forbidden', ' DIRECT says who may start conversations with persons.'],
])

/** A page's mistake comes with every visitor, so each kind is logged once a minute. */
function refusalLogger(log: Log, metrics: Metrics, { warn }: RateLimitedLog): (fact: RefusalFact) => void {
  return (fact) => {
    const of = fact.fact === 'helloRefused' ? 'hello' : fact.fact === 'requestRefused' ? fact.route : fact.command
    metrics.refusals.inc({ of, code: fact.code })
    const isFixable = fact.fact === 'commandRefused' && of !== 'renew' ? SETTINGS_SAY.has(fact.code) : FIXABLE.has(fact.code)
    if (!isFixable) return log.debug(fact, `${of} refused`)
    const remedy =
      fact.code === 'origin_forbidden' && 'origin' in fact
        ? ` The page is from ${fact.origin}, this gateway is ${fact.host}. If the page is yours, add its origin to ORIGINS.`
        : (SETTINGS_SAY.get(fact.code) ?? '')
    warn(`${of} ${fact.code}`, fact, `${of} refused: ${fact.message}${remedy}`)
  }
}

type PartFact = Extract<Fact, { fact: 'partSeen' }>

/** Counts each state; logs a problem once, again when it changes, and its end: so the last line about a system is its state. */
function problemLogger(log: Log, metrics: Metrics): (fact: PartFact) => void {
  const problems = new Map<string, string>()
  return ({ part, problem }) => {
    metrics.parts.set({ part }, problem === undefined ? 1 : 0)
    const before = problems.get(part)
    if (problem === before) return
    if (problem === undefined) {
      problems.delete(part)
      return log.warn({ part }, `${part} works again`)
    }
    problems.set(part, problem)
    log.error({ part, problem }, `${part}: ${problem}`)
  }
}

export function reporter(log: Log, metrics: Metrics, now: () => number): (fact: Fact) => void {
  const limitedLog = rateLimitedLog(log, new OncePerMinute(now))
  const [logRefusal, logProblem] = [refusalLogger(log, metrics, limitedLog), problemLogger(log, metrics)]
  return (fact) => {
    switch (fact.fact) {
      case 'peerAttached':
        return metrics.peers.inc({ door: fact.door, role: fact.role })
      case 'peerDetached':
        return metrics.peers.dec({ door: fact.door, role: fact.role })
      case 'byeSent':
        return metrics.byes.inc({ code: fact.code })
      case 'helloRefused':
      case 'requestRefused':
      case 'commandRefused':
        return logRefusal(fact)
      case 'commandAnswered':
        return metrics.answerTimes.add(fact.command, fact.ms)
      case 'backendChanged':
        return log.info({ key: fact.key, request: fact.request, route: fact.route, about: fact.about }, 'a backend has changed something')
      case 'packetRefused':
        return metrics.refusals.inc({ of: 'packet', code: fact.code })
      case 'messageAppended':
      case 'appendRefused':
        return countAppend(fact, metrics)
      case 'messageWithdrawn':
      case 'customerErased':
      case 'customerExported':
      case 'conversationsExpired':
        return noteRemoval(fact, log, metrics)
      case 'imageStored':
        return metrics.imageBytes.inc(fact.bytesCount)
      case 'volatileDropped':
        return metrics.dropped.inc()
      case 'conversationAssigned':
      case 'transferMade':
      case 'customerBlocked':
      case 'waitEnded':
      case 'queuesSeen':
        return countAssignment(fact, metrics)
      case 'webhookSent':
        return metrics.webhookDeliveries.inc({ webhook: fact.webhook, taken: String(fact.isTaken) })
      case 'partSeen':
        return logProblem(fact)
      default:
        return logRareFact(fact, { ...limitedLog, metrics })
    }
  }
}
