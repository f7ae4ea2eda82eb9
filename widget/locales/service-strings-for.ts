import { firstLocale } from './first-locale.ts'
import { serviceEn } from './service-en.ts'
import type { ServiceStrings } from './service-strings.ts'
import { serviceZhCn } from './service-zh-cn.ts'

const LOCALES: Readonly<Record<string, ServiceStrings>> = { en: serviceEn, zh: serviceZhCn }

/** As `deskStringsFor`. */
export const serviceStringsFor = (...tags: readonly string[]): ServiceStrings => firstLocale(LOCALES, tags) ?? serviceEn
