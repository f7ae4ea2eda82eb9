import type { Check } from './check.ts'
import { COMPOSER_CHECKS } from './checks-composer.ts'
import { LINE_CHECKS } from './checks-line.ts'
import { PAGE_CHECKS } from './checks-page.ts'

/** Everything that is asked of an engine, in the order of the table. */
export const CHECKS: readonly Check[] = [...PAGE_CHECKS, ...COMPOSER_CHECKS, ...LINE_CHECKS]
