/**
 * Checks of values from outside: network and storage. A check returns the cleaned value, or undefined if it is unusable. A schema library would do
 * this in ten times the bytes.
 */
export type Check<T> = (value: unknown) => T | undefined
type Checked<C> = C extends Check<infer T> ? T : never
type Fields = Readonly<Record<string, Check<unknown>>>

/** The largest time that a Date can hold, ms. */
const LAST_TIME = 8.64e15
/** Names that every object has; as keys they would find something that was never stored. */
const isTaken = (name: string): boolean => name in Object.prototype

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const text: Check<string> = (value) => (typeof value === 'string' ? value : undefined)
/** A non-empty string that is not a name every object has. */
export const id: Check<string> = (value) => (typeof value === 'string' && value !== '' && !isTaken(value) ? value : undefined)
export const flag: Check<boolean> = (value) => (typeof value === 'boolean' ? value : undefined)
/** `true` or absent. */
export const yes: Check<true> = (value) => value === true || undefined
export const number: Check<number> = (value) => (typeof value === 'number' && isFinite(value) ? value : undefined)
/** A whole number from 0. */
export const count: Check<number> = (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined)
/** Ms since the epoch. */
export const time: Check<number> = (value) => (number(value) !== undefined && Math.abs(value as number) <= LAST_TIME ? (value as number) : undefined)

/** Text, or a number as text: what a card shows. */
export const word: Check<string | number> = (value) => text(value) ?? number(value)

export const oneOf =
  <T extends string>(...values: readonly T[]): Check<T> =>
  (value) =>
    values.find((each) => each === value)

/** An array without its unusable entries. */
export const list =
  <T>(check: Check<T>): Check<T[]> =>
  (value) =>
    (Array.isArray(value) ? value.map(check).filter((each): each is T & {} => each !== undefined) : undefined) as T[] | undefined

/** An object by ids, without its unusable entries. */
export const recordOf =
  <T>(check: Check<T>): Check<Record<string, T>> =>
  (value) => {
    if (!isRecord(value)) return undefined
    const clean: Record<string, T> = {}
    for (const key of Object.keys(value)) {
      const checked = id(key) === undefined ? undefined : check(value[key])
      if (checked !== undefined) clean[key] = checked
    }
    return clean
  }

/** An object. Unusable if one of `required` is; unusable `optional` fields are dropped. Other fields, a newer gateway's, stay. */
export const record =
  <R extends Fields, O extends Fields = Record<never, Check<unknown>>>(
    required: R,
    optional = {} as O,
  ): Check<{ [K in keyof R]: Checked<R[K]> } & { [K in keyof O]?: Checked<O[K]> }> =>
  (value) => {
    if (!isRecord(value)) return undefined
    const clean: Record<string, unknown> = { ...value }
    for (const name of Object.keys(required)) if ((clean[name] = required[name]!(own(value, name))) === undefined) return undefined
    for (const name of Object.keys(optional)) {
      const checked = optional[name]!(own(value, name))
      if (checked === undefined) delete clean[name]
      else clean[name] = checked
    }
    return clean as never
  }

const own = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.prototype.hasOwnProperty.call(value, name) ? value[name] : undefined
