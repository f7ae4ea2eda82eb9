/** Checks inputs of commands against their schemas and names the field that is wrong. */
import type { TObject, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Hello } from '../protocol/commands.ts'
import { freeFormFault } from '../protocol/free-form.ts'
import { LIMITS } from '../protocol/limits.ts'
import { Refusal } from '../domain/refusal.ts'

const validators = new WeakMap<TSchema, Validator>()

type Check = (value: unknown) => void

/** Of a whole command or request: its body is nested one object deeper. */
const FREE_FORM = { depth: LIMITS.bodyDepth + 2, count: LIMITS.packetCount }

/** The check throws a `bad_request` that names the field. It refuses too much depth or too many parts before it uses the schema. */
export function check(schema: TObject): Check {
  const validator = validatorOf(schema)
  return (value) => {
    const limit = freeFormFault(value, FREE_FORM)
    if (limit === 'depth') throw new Refusal('bad_request', `the argument nests deeper than limits.bodyDepth, ${LIMITS.bodyDepth}`)
    if (limit === 'count') throw new Refusal('bad_request', `the argument has more parts than limits.packetCount, ${LIMITS.packetCount}`)
    if (validator.Check(value)) return
    const { path, message } = firstFault(schema, value)
    throw new Refusal('bad_request', `${path === '' ? 'the argument' : path}: ${message}`)
  }
}

const checkHelloShape = check(Hello)

export function checkHello(value: unknown): asserts value is Hello {
  checkHelloShape(value)
}

interface Fault {
  /** Dotted; '' is the value itself. */
  readonly path: string
  readonly message: string
}

interface Shape extends TSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly items?: TSchema | readonly TSchema[]
  readonly minItems?: number
  readonly maxItems?: number
}

/** Compiled once a schema. */
function validatorOf(schema: TSchema): Validator {
  let validator = validators.get(schema)
  if (validator === undefined) validators.set(schema, (validator = Compile(schema)))
  return validator
}

/**
 * The first thing that is wrong with a value that its schema does not take, found from the outside in: of an object or a list only the one
 * part that fails is looked into. The schema library's own search looks at every part, which on 60 kB of nonsense takes a third of a second.
 */
function firstFault(schema: TSchema, value: unknown, path = ''): Fault {
  const shape = schema as Shape
  if (shape.properties !== undefined && isRecord(value)) return faultOfObject(shape, value, path)
  if (shape.items !== undefined && Array.isArray(value)) return faultOfList(shape, value, path)
  if (typeof value === 'object' && value !== null) return { path, message: `must be ${shape.type ?? 'something else'}` }
  return { path, message: validatorOf(schema).Errors(value)[0]?.message ?? 'is not valid' }
}

function faultOfObject({ properties = {}, required = [] }: Shape, value: Readonly<Record<string, unknown>>, path: string): Fault {
  const missing = required.filter((name) => !Object.hasOwn(value, name))
  if (missing.length > 0) {
    return { path: below(path, missing.join(', ')), message: `must have required properties ${missing.join(', ')}` }
  }
  for (const [name, schema] of Object.entries(properties)) {
    const part = Object.hasOwn(value, name) ? value[name] : undefined
    if (part !== undefined && !validatorOf(schema).Check(part)) return firstFault(schema, part, below(path, name))
  }
  const stranger = Object.keys(value).find((name) => !Object.hasOwn(properties, name)) ?? ''
  return { path, message: `must not have other properties, such as ${stranger.slice(0, 40)}` }
}

function faultOfList({ items, minItems = 0, maxItems = Infinity }: Shape, value: readonly unknown[], path: string): Fault {
  if (value.length < minItems) return { path, message: `must not have fewer than ${minItems} items` }
  if (value.length > maxItems) return { path, message: `must not have more than ${maxItems} items` }
  for (const [at, item] of value.entries()) {
    const schema = (Array.isArray(items) ? items[at] : items) as TSchema | undefined
    if (schema === undefined) break
    if (!validatorOf(schema).Check(item)) return firstFault(schema, item, below(path, String(at)))
  }
  return { path, message: 'must not have other items' }
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)
