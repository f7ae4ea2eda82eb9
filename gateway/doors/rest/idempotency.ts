/**
 * `Idempotency-Key`: a request that is sent again with the same key within a day gets the first answer and is not carried out again. The key of another
 * request is refused. What is stored is one small record a key; a request without the header costs nothing.
 *
 * A record says first that the request is under way, until a time, then what it was answered. Where a gateway is killed in between, the request is carried
 * out again after that time: so what a route does has to bear that, with `repeatId` as the id of what it makes.
 *
 * An answer may have words of a person, a rating's for example. Of a request about a person it is in a collection of that person, with whom it is erased.
 */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Records } from '../../backbone/records.ts'
import { conversationSides } from '../../protocol/keys.ts'
import type { Allowances } from '../../domain/allowances.ts'
import { answersAbout } from '../../domain/customer-data/erasure.ts'
import { Refusal } from '../../domain/refusal.ts'

const DAY_MS = 86_400_000
/** Longer than any request takes. */
const UNDER_WAY_MS = 30_000
const AGAIN_MS = 1000
const KEY = /^[\x21-\x7e]{1,200}$/
const ITEM = 'request'

interface Stored {
  /** A hash of the request. */
  readonly of: string
  /** It is under way until then, in ms since the epoch, unless it was answered. */
  readonly until: number
  readonly answer?: object
  /** Whom it was about: the answer is in their collection. */
  readonly person?: string
}

/** The customer whom a request is about: by name, or in a conversation with a shop. */
function personOf({ params, body }: Pick<FastifyRequest, 'params' | 'body'>): string | undefined {
  const { customer, conversation } = { ...((body ?? {}) as object), ...((params ?? {}) as object) } as Readonly<Record<string, unknown>>
  if (typeof customer === 'string') return customer
  return typeof conversation === 'string' ? conversationSides(conversation)?.[1] : undefined
}

export interface IdempotencyOptions {
  readonly records: Records
  readonly allowances: Allowances
  readonly now: () => number
}

const hashOf = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

export class Idempotency {
  readonly #options: IdempotencyOptions

  constructor(options: IdempotencyOptions) {
    this.#options = options
  }

  /** `by`: the name of the API key; each has keys of its own. Rejects with what `run` rejects with; then the same key may be used again. */
  async once(
    by: string,
    { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    run: (repeatId: string | undefined) => Promise<object>,
  ): Promise<object> {
    const given = request.headers['idempotency-key']
    if (given === undefined) return run(undefined)
    if (typeof given !== 'string' || !KEY.test(given)) throw new Refusal('bad_request', 'Idempotency-Key is 1 to 200 visible ASCII characters')
    const name = hashOf(by, given)
    const of = hashOf(request.method, request.url, JSON.stringify(request.body ?? {}))
    const begun = await this.#begin(name, of)
    if ('answer' in begun) {
      reply.header('Idempotent-Replayed', 'true')
      return begun.answer
    }
    try {
      const answer = await run(`once-${name}`)
      await this.#store(name, { of, answer, person: personOf(request), version: begun.version })
      return answer
    } catch (error) {
      const { now } = this.#options
      await this.#options.records.remove({ collection: `once ${name}`, key: ITEM, now: now(), expect: begun.version }).catch((failed: unknown) => {
        // the store is away: the record says by itself when the request may be carried out again
        if ((failed as Error).name !== 'Unavailable') throw failed
      })
      throw error
    }
  }

  /** Resolves with the first answer, or with the version of the record that says that the request is under way. */
  async #begin(name: string, of: string): Promise<{ readonly answer: object } | { readonly version: string }> {
    const item = this.#item(`once ${name}`)
    const value = JSON.stringify({ of, until: item.now + UNDER_WAY_MS } satisfies Stored)
    this.#options.allowances.take('idempotency', {})
    const first = await this.#options.records.put({ ...item, value, expect: '' })
    if (first.isPut) return first
    this.#options.allowances.giveBack('idempotency', {})
    const { found } = first
    const stored = found && (JSON.parse(found.value) as Stored)
    if (stored !== undefined && stored.of !== of) throw new Refusal('conflict', 'this Idempotency-Key was used with another request')
    if (stored?.answer !== undefined) return { answer: stored.answer }
    if (stored?.person !== undefined) return { answer: await this.#answerAbout(stored.person, name) }
    const isOver = stored !== undefined && stored.until <= item.now
    const again = isOver ? await this.#options.records.put({ ...item, value, expect: found!.version }) : first
    if (again.isPut) return again
    throw new Refusal('rate_limited', 'the same request is being carried out', AGAIN_MS)
  }

  async #store(name: string, done: { readonly of: string; readonly answer: object; readonly person: string | undefined; readonly version: string }) {
    const { records } = this.#options
    const { of, answer, person, version } = done
    if (person !== undefined) await records.put({ ...this.#item(answersAbout(person)), key: name, value: JSON.stringify(answer) })
    const stored: Stored = { of, until: 0, ...(person === undefined ? { answer } : { person }) }
    await records.put({ ...this.#item(`once ${name}`), value: JSON.stringify(stored), expect: version })
  }

  async #answerAbout(person: string, name: string): Promise<object> {
    const { records, now } = this.#options
    const item = (await records.items(answersAbout(person), now())).find(({ key }) => key === name)
    if (item === undefined) throw new Refusal('conflict', 'the answer to this request was erased, with the customer whom it was about')
    return JSON.parse(item.value) as object
  }

  #item(collection: string) {
    const now = this.#options.now()
    return { collection, key: ITEM, now, expiresAt: now + DAY_MS }
  }
}
