/** Values that a hostile or broken gateway might send, made from the protocol's schemas: partly valid, partly not. */
import fc from 'fast-check'
import type { TSchema } from 'typebox'

interface Shape {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly Shape[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly patternProperties?: Readonly<Record<string, Shape>>
}

/** Values of every JSON type, and values that break careless code. `undefined`: the field is missing. */
export const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e300,
  -1e300,
  8.64e15,
  9e15,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'x',
  '0',
  '\u0000',
  '\u202e',
  '\ud800',
  '~',
  'a~b~c',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://',
  'https://[',
  '//x',
  '%',
  '{host}',
  '$&',
  '<img src=x onerror=alert(1)>',
  'x'.repeat(5000),
  '\u0301'.repeat(300),
  [],
  [null],
  [[]],
  [[[[[]]]]],
  {},
  { toString: 1 },
  { valueOf: null, toString: null },
  { length: 1e9 },
  JSON.parse('{"then":1}'),
  { constructor: { name: 1 } },
  JSON.parse('{"__proto__":{"text":"x"}}'),
  { $brand: 1, _$litType$: 1, strings: ['<b>'], values: [] },
]

export const hostileValue = fc.constantFrom(...HOSTILE)

/** Of 20 values about `wrong` are hostile. */
export function hostileLike(schema: TSchema | Shape, wrong = 2): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: wrong, arbitrary: hostileValue }, { weight: 20 - wrong, arbitrary: like(schema as Shape, wrong) })
}

function like(schema: Shape, wrong: number): fc.Arbitrary<unknown> {
  const { anyOf, items, patternProperties, properties, type } = schema
  if ('const' in schema) return fc.constant(schema.const)
  if (anyOf) return fc.oneof(...anyOf.map((each) => like(each, wrong)))
  if (items) return fc.array(hostileLike(items, wrong), { maxLength: 4 })
  if (patternProperties) {
    return fc.dictionary(fc.constantFrom('a', 'shop:1', '__proto__', 'toString'), hostileLike(Object.values(patternProperties)[0]!, wrong))
  }
  if (type === 'object') {
    const entries = Object.entries(properties ?? {}).map(([name, each]) => [name, hostileLike(each, wrong)] as const)
    return fc.record(Object.fromEntries(entries)).map(withoutUndefined)
  }
  if (type === 'boolean') return fc.boolean()
  return type === 'string' ? fc.constantFrom('a', 'shop:1', 'shop:1~a', 'Hello', 'https://a.example/x') : fc.nat(2000)
}

/** As JSON.parse returns it: without undefined fields. */
const withoutUndefined = (value: object): unknown => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))

const LIMITING = ['pattern', 'minLength', 'maxLength', 'maxItems', 'minimum', 'maximum']

/** The same types without limits of lengths, patterns and ranges: only the gateway checks those. */
export function typesOf(schema: TSchema): TSchema {
  const without = (name: string, value: unknown): unknown => (LIMITING.includes(name) && typeof value !== 'object' ? undefined : value)
  return JSON.parse(JSON.stringify(schema, without)) as TSchema
}
