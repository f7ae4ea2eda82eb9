/** Checks a command's input against its schema, compiled once, and says which field is wrong. */
import type { TObject } from 'typebox'
import { COMMANDS, Hello, type Command, type CommandInput } from '../protocol/commands.ts'
import { freeFormFault } from '../protocol/free-form.ts'
import { LIMITS } from '../protocol/limits.ts'
import { Refusal } from '../domain/refusal.ts'
import { firstFault, validatorOf } from './first-fault.ts'

type Check = (value: unknown) => void

/** Inside a command or a request: a body is one object further in. */
const FREE_FORM = { depth: LIMITS.bodyDepth + 2, count: LIMITS.packetCount }

/** Throws a `bad_request` that names the field. What is too deep or of too many parts is refused before the schema looks at it. */
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

const checks = Object.fromEntries(Object.entries(COMMANDS).map(([name, { input }]) => [name, check(input)])) as Record<Command, Check>
const checkHelloShape = check(Hello)

export function checkInput<C extends Command>(command: C, value: unknown): asserts value is CommandInput<C> {
  checks[command](value)
}

export function checkHello(value: unknown): asserts value is Hello {
  checkHelloShape(value)
}
