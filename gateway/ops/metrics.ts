/** The metrics of `/metrics`; each name is written once. What every message counts is a plain number until it is read. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { AnswerTimes } from './answer-times.ts'

export class Metrics {
  readonly #registry = new Registry()
  readonly #to = { registers: [this.#registry] }
  readonly peers = new Gauge({
    name: 'im_peers',
    help: 'Attached peers, by door and role.',
    labelNames: ['door', 'role'],
    ...this.#to,
  })
  readonly answerTimes = new AnswerTimes({ name: 'im_ack_seconds', help: 'Seconds from reading a command to sending its answer.' })
  readonly refusals = new Counter({
    name: 'im_refusals_total',
    help: 'Refusals of hellos, commands, packets.',
    labelNames: ['of', 'code'],
    ...this.#to,
  })
  readonly byes = new Counter({
    name: 'im_byes_total',
    help: 'Sessions ended by the gateway, by code.',
    labelNames: ['code'],
    ...this.#to,
  })
  readonly appends = { first: 0, repeated: 0 }
  readonly refusedAppends = new Counter({
    name: 'im_appends_refused_total',
    help: 'Appends that Redis refused because another node had written in the conversation, and that were sent again.',
    ...this.#to,
  })
  readonly imageBytes = new Counter({ name: 'im_image_bytes_total', help: 'Bytes of images stored.', ...this.#to })
  readonly dropped = new Counter({
    name: 'im_volatile_dropped_total',
    help: 'Volatile pushes dropped for slow peers.',
    ...this.#to,
  })
  readonly gaps = new Counter({ name: 'im_gaps_total', help: 'Times that publishes may have been missed.', ...this.#to })
  readonly missed = new Counter({
    name: 'im_missed_total',
    help: 'Conversations in which publishes were missed, and then read.',
    ...this.#to,
  })
  readonly customerFailures = new Counter({
    name: 'im_customer_failures_total',
    help: 'Failures of CUSTOMER_URL, by reason.',
    labelNames: ['reason'],
    ...this.#to,
  })
  readonly shopFailures = new Counter({
    name: 'im_shop_failures_total',
    help: 'Failures of SHOP_URL, by reason.',
    labelNames: ['reason'],
    ...this.#to,
  })
  readonly cardFailures = new Counter({
    name: 'im_card_failures_total',
    help: 'Failures of CARD_URL, by reason.',
    labelNames: ['reason'],
    ...this.#to,
  })
  readonly assignments = new Counter({
    name: 'im_served_total',
    help: 'Changes of an assignment, by new phase and cause.',
    labelNames: ['phase', 'by'],
    ...this.#to,
  })
  readonly waitSeconds = new Histogram({
    name: 'im_wait_seconds',
    help: 'Seconds that customers waited for an agent, once they got one; without those who got one at once.',
    buckets: [5, 15, 30, 60, 120, 300, 600, 1800, 3600],
    ...this.#to,
  })
  readonly waiting = new Gauge({
    name: 'im_waiting',
    help: 'Customers who wait for an agent, of the shops whose agents are at this node.',
    ...this.#to,
  })
  readonly longestWait = new Gauge({
    name: 'im_longest_wait_seconds',
    help: 'How long the first of im_waiting has waited so far, in seconds.',
    ...this.#to,
  })
  readonly parts = new Gauge({
    name: 'im_part_up',
    help: 'Whether a system that this gateway depends on works (1) or not (0): the store, each Redis server, the key set.',
    labelNames: ['part'],
    ...this.#to,
  })
  readonly transfers = new Counter({
    name: 'im_transfers_total',
    help: 'Transfers between agents, by outcome.',
    labelNames: ['state'],
    ...this.#to,
  })
  readonly blocks = new Counter({
    name: 'im_blocks_total',
    help: 'Customers blocked and unblocked.',
    labelNames: ['blocked'],
    ...this.#to,
  })
  readonly withdrawals = new Counter({
    name: 'im_withdrawals_total',
    help: 'Messages withdrawn by their senders, by role.',
    labelNames: ['role'],
    ...this.#to,
  })
  readonly erased = new Counter({
    name: 'im_erased_total',
    help: 'Conversations erased, by why: asked for, or old.',
    labelNames: ['why'],
    ...this.#to,
  })
  readonly webhookDeliveries = new Counter({
    name: 'im_webhook_deliveries_total',
    help: 'Events sent to webhooks, by address and whether the consumer took them.',
    labelNames: ['webhook', 'taken'],
    ...this.#to,
  })
  readonly webhookDeadLetters = new Counter({
    name: 'im_webhook_dead_letters_total',
    help: 'Events that a webhook refused for days, by address.',
    labelNames: ['webhook'],
    ...this.#to,
  })
  readonly webhookMissed = new Counter({
    name: 'im_webhook_missed_total',
    help: 'Messages that left the log before a webhook took them, by address.',
    labelNames: ['webhook'],
    ...this.#to,
  })
  readonly bugs = new Counter({ name: 'im_bugs_total', help: 'Unexpected errors, by place.', labelNames: ['where'], ...this.#to })
  constructor({ isProcess }: { isProcess: boolean }) {
    if (isProcess) collectDefaultMetrics({ register: this.#registry })
    this.#registry.registerMetric(this.answerTimes.metric)
    this.#sums({ name: 'im_commands_total', help: 'Commands answered, by name.', label: 'command' }, () => this.answerTimes.counts)
    this.#sums({ name: 'im_appends_total', help: 'Messages appended, and sends that were repeats.', label: 'duplicate' }, () => [
      ['false', this.appends.first],
      ['true', this.appends.repeated],
    ])
  }

  /** `read`: by address, the conversations in which a webhook has something to be told, at the node that delivers. */
  countWebhooks(read: () => readonly (readonly [webhook: string, count: number])[]): void {
    const gauge: Gauge = new Gauge({
      name: 'im_webhook_waiting',
      help: 'Conversations with events that a webhook has not taken, by address; at most 10,000, and only at the node that delivers.',
      labelNames: ['webhook'],
      collect: () => read().forEach(([webhook, count]) => gauge.set({ webhook }, count)),
      ...this.#to,
    })
  }

  /** A counter of numbers that are counted elsewhere and read at a scrape. */
  #sums({ label, ...about }: { name: string; help: string; label: string }, read: () => AnswerTimes['counts']): void {
    const collect = (): void => {
      counter.reset()
      for (const [value, sum] of read()) counter.inc({ [label]: value }, sum)
    }
    const counter = new Counter({ ...about, labelNames: [label], collect, ...this.#to })
  }

  /** `mayRead`: which requests get the metrics; all others get 404. */
  register(app: FastifyInstance, mayRead: (request: FastifyRequest) => boolean): void {
    app.get('/metrics', async (request, reply) => {
      if (!mayRead(request)) return reply.callNotFound()
      return reply.type(this.#registry.contentType).send(await this.#registry.metrics())
    })
  }

  /** Serves the metrics on a port of their own, which no proxy forwards to. Rejects where it cannot listen; resolves with what closes it. */
  async listen(port: number, host: string): Promise<() => void> {
    const server = createServer((request, response) => {
      if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
      this.#registry.metrics().then(
        (text) => response.writeHead(200, { 'Content-Type': this.#registry.contentType }).end(text),
        (error: unknown) => response.destroy(error as Error),
      )
    })
    server.listen(port, host)
    await once(server, 'listening')
    return () => {
      server.close()
      server.closeAllConnections()
    }
  }
}
