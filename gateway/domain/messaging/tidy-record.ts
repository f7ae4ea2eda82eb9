/** What a shop's record may contain beside its schema: names that can stand in a sentence, addresses that a browser fetches, hours that exist. */
import { isTimeZone } from '../../protocol/opening-hours.ts'
import type { ShopRecord } from '../../protocol/model.ts'
import { isInvisible, tidyName, tidyText, webAddress } from '../untrusted-text.ts'

/** What a client shows: whole, or from the root of a host. Anything else would depend on the page that shows it, so clients show nothing. */
const LOGO = /^(https?:\/\/|\/(?!\/))/i
/** As JSON. A record goes along with each welcome. */
const MOST_BYTES = 8192

/**
 * The record without what cannot be used. `fault` names the first such part; `too large`: the record as a whole cannot be used.
 */
export function tidyRecord({ name, logo, greeting, questions, hours, replyMinutes, keepDays }: ShopRecord): {
  readonly record: ShopRecord
  readonly fault?: string
} {
  const tidy: ShopRecord = {}
  const faults: string[] = []
  const take = <K extends keyof ShopRecord>(key: K, given: ShopRecord[K], usable: ShopRecord[K]): void => {
    if (given !== undefined && usable === undefined) faults.push(key)
    else if (usable !== undefined) tidy[key] = usable
  }
  if (keepDays !== undefined) tidy.keepDays = keepDays
  take('name', name, name === undefined ? undefined : tidyName(name))
  take('logo', logo, logo !== undefined && LOGO.test(logo) ? webAddress(logo) : undefined)
  take('greeting', greeting, byLanguage(greeting, shown))
  take(
    'questions',
    questions,
    byLanguage(questions, (each) => each.map(tidyName).filter((one) => one !== undefined)),
  )
  take('hours', hours, hours !== undefined && isTimeZone(hours.timeZone) ? hours : undefined)
  take('replyMinutes', replyMinutes, replyMinutes)
  if (Buffer.byteLength(JSON.stringify(tidy)) > MOST_BYTES) return { record: {}, fault: 'too large' }
  return { record: tidy, ...(faults[0] === undefined ? undefined : { fault: faults[0] }) }
}

const shown = (text: string): string | undefined => {
  const tidy = tidyText(text)
  return isInvisible(tidy) ? undefined : tidy
}

function byLanguage<T>(given: Readonly<Record<string, T>> | undefined, tidy: (value: T) => T | undefined): Record<string, T> | undefined {
  if (given === undefined) return undefined
  const all = Object.entries(given).map(([language, value]) => [language, tidy(value)] as const)
  return Object.fromEntries(all.filter((entry): entry is [string, T & {}] => entry[1] !== undefined))
}
