import type { Check } from './check.ts'
import { COMPOSER_CHECKS } from './checks-composer.ts'
import { CONNECTION_CHECKS } from './checks-connection.ts'
import { DEVICE_CHECKS } from './checks-device.ts'
import { PAGE_CHECKS } from './checks-page.ts'

/** Everything that is asked of an engine, in the order of the table. */
export const CHECKS: readonly Check[] = [...PAGE_CHECKS, ...COMPOSER_CHECKS, ...CONNECTION_CHECKS]

/** What is asked of a device behind a hub: everything, and what only a device has. */
export const HUB_CHECKS: readonly Check[] = [...CHECKS, ...DEVICE_CHECKS]
