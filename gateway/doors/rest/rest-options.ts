import type { Records } from '../../backbone/records.ts'
import type { Report } from '../../domain/facts.ts'
import type { DeadLetters } from '../../domain/webhooks/dead-letters.ts'
import type { Allowances } from '../admit/allowances.ts'
import type { ApiKeys } from '../admit/api-keys.ts'
import type { DemoWord } from '../admit/demo-word.ts'
import type { Domain } from '../commands.ts'
import type { ImageRoutes } from './images.ts'

export interface RestOptions extends ImageRoutes {
  readonly domain: Domain
  readonly apiKeys: ApiKeys
  readonly records: Records
  readonly now: () => number
  /** No secret was set: whoever brings the word may mint. */
  readonly demoWord: DemoWord | undefined
  readonly hasGuests: boolean
  readonly allowances: Pick<Allowances, 'take' | 'giveBack' | 'standing'>
  readonly report: Report
  /** Undefined: there are no webhooks. */
  readonly deadLetters: DeadLetters | undefined
}
