/** Fact → counter, and for the few that somebody should read, a line in the log. One literal case a fact. */
import type { FastifyBaseLogger } from 'fastify'
import type { Fact } from '../domain/facts.ts'
import type { Metrics } from './metrics.ts'

type Log = Pick<FastifyBaseLogger, 'error' | 'warn' | 'debug'>

const MS_PER_SECOND = 1000

/** A metric's child for each value of its one label, looked up once: a message takes several. */
function byLabel<T>(child: (value: string) => T): (value: string) => T {
  const children = new Map<string, T>()
  return (value) => {
    const known = children.get(value)
    if (known !== undefined) return known
    const made = child(value)
    children.set(value, made)
    return made
  }
}

type ServiceFact = Extract<Fact, { fact: 'conversationServed' | 'transferMade' | 'customerBlocked' }>

function countService(fact: ServiceFact, metrics: Metrics): void {
  switch (fact.fact) {
    case 'conversationServed':
      return metrics.served.inc({ phase: fact.phase, by: fact.by })
    case 'transferMade':
      return metrics.transfers.inc({ state: fact.state })
    case 'customerBlocked':
      return metrics.blocks.inc({ blocked: String(fact.isBlocked) })
  }
}

type TroubleFact = Extract<Fact, {
  fact: 'gapHealed' | 'publishMissed' | 'publishRefused' | 'allowanceSpent' | 'addressShared' | 'customerBackendFailed' | 'bugFound'
}>

function tellTrouble(fact: TroubleFact, log: Log, metrics: Metrics): void {
  switch (fact.fact) {
    case 'gapHealed':
      log.warn(fact, 'publishes may have been missed; reading again')
      return metrics.gaps.inc()
    case 'publishMissed':
      log.warn(fact, 'publishes were lost; shown now')
      return metrics.missed.inc(fact.conversationCount)
    case 'publishRefused':
      log.warn(fact, 'what was published on a person\'s channel cannot be read; nobody is told')
      return metrics.refusals.inc({ of: 'publish', code: 'bad_request' })
    case 'customerBackendFailed':
      log.warn(fact, 'CUSTOMER_URL failed')
      return metrics.customerFailures.inc({ reason: fact.reason })
    case 'allowanceSpent':
      return log.warn(fact, 'an allowance is spent: what is over is refused with rate_limited')
    case 'addressShared':
      return log.warn(fact, 'most visitors come from one address; if that is a proxy of yours, set TRUST_PROXY, for allowances count by address')
    case 'bugFound':
      log.error({ err: fact.error, where: fact.where }, 'a bug')
      return metrics.bugs.inc({ where: fact.where })
  }
}

export function reporter(log: Log, metrics: Metrics): (fact: Fact) => void {
  const commands = byLabel((command) => metrics.commands.labels({ command }))
  const ackSeconds = byLabel((command) => metrics.ackSeconds.labels({ command }))
  const appends = byLabel((duplicate) => metrics.appends.labels({ duplicate }))
  return (fact) => {
    switch (fact.fact) {
      case 'peerAttached':
        return metrics.peers.inc({ door: fact.door, role: fact.role })
      case 'peerDetached':
        return metrics.peers.dec({ door: fact.door, role: fact.role })
      case 'byeSaid':
        return metrics.byes.inc({ code: fact.code })
      case 'helloRefused':
        log.debug(fact, 'hello refused')
        return metrics.refusals.inc({ of: 'hello', code: fact.code })
      case 'commandAnswered':
        commands(fact.command).inc()
        return ackSeconds(fact.command).observe(fact.ms / MS_PER_SECOND)
      case 'commandRefused':
        return metrics.refusals.inc({ of: fact.command, code: fact.code })
      case 'packetRefused':
        return metrics.refusals.inc({ of: 'packet', code: fact.code })
      case 'messageAppended':
        return appends(String(fact.duplicate)).inc()
      case 'imageKept':
        return metrics.imageBytes.inc(fact.bytesCount)
      case 'volatileDropped':
        return metrics.dropped.inc()
      case 'conversationServed':
      case 'transferMade':
      case 'customerBlocked':
        return countService(fact, metrics)
      default:
        return tellTrouble(fact, log, metrics)
    }
  }
}
