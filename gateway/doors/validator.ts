/** Checks a command's input against its schema, compiled once, and says which field is wrong. */
import { Compile } from 'typebox/compile'
import type { TObject } from 'typebox'
import { COMMANDS, Hello, type Command, type CommandInput } from '../protocol/commands.ts'
import { Refusal } from '../domain/refusal.ts'

type Check = (value: unknown) => void

/** Throws a `bad_request` that names the field. */
export function check(schema: TObject): Check {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return
    const error = validator.Errors(value)[0]
    const path = (error?.instancePath ?? '').slice(1).replaceAll('/', '.')
    const missing = error?.keyword === 'required' ? error.params.requiredProperties.join(', ') : ''
    const field = [path, missing].filter((part) => part !== '').join('.')
    throw new Refusal('bad_request', `${field === '' ? 'the argument' : field}: ${error?.message ?? 'is not valid'}`)
  }
}

const checks = Object.fromEntries(
  Object.entries(COMMANDS).map(([name, { input }]) => [name, check(input)]),
) as Record<Command, Check>
const checkHelloShape = check(Hello)

export function checkInput<C extends Command>(command: C, value: unknown): asserts value is CommandInput<C> {
  checks[command](value)
}

export function checkHello(value: unknown): asserts value is Hello {
  checkHelloShape(value)
}
