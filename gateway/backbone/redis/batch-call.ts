import type { Words } from './command-writer.ts'
import type { Script } from './op.ts'
import type { Lane, Pending } from './pending.ts'

/** What a connection sends. */
export interface Sendable {
  /** Of the command. */
  readonly name: string
  write(words: Words): void
}

/** One command of a batch: a plain command with its one operation, or a script call with any number of operations. */
export class BatchCall implements Sendable {
  readonly script: Script | undefined
  readonly isAsking: boolean
  readonly members: Pending[] = []
  readonly #of: number | Lane

  /** `of`: the group whose operations it takes (`Ring.groupOf`), or the only lane. */
  constructor(script: Script | undefined, of: number | Lane, isAsking: boolean) {
    this.script = script
    this.isAsking = isAsking
    this.#of = of
  }

  get name(): string {
    return this.script === undefined ? this.members[0]!.op.args[0]! : 'EVALSHA'
  }

  takes(script: Script, of: number | Lane, isAsking: boolean): boolean {
    return this.script === script && this.#of === of && this.isAsking === isAsking
  }

  write(words: Words): void {
    const { script, members } = this
    if (script === undefined) writePlain(members[0]!.op.args, words)
    else if (script.write === undefined) writeCall(script, members, words)
    else script.write(script, members, words)
    for (const { op } of members) op.sent?.()
  }
}

export class PlainCommand implements Sendable {
  readonly #args: readonly string[]

  constructor(args: readonly string[]) {
    this.#args = args
  }

  get name(): string {
    return this.#args[0]!
  }

  write(words: Words): void {
    writePlain(this.#args, words)
  }
}

function writePlain(args: readonly string[], words: Words): void {
  words.begin(args.length)
  for (const word of args) words.word(word)
}

/** All keys, the script's own arguments, then those of each operation. */
function writeCall({ sha, head }: Script, members: readonly Pending[], words: Words): void {
  let keysCount = 0
  let argsCount = head.length
  for (const { op } of members) {
    keysCount += op.keys.length
    argsCount += op.args.length
  }
  words.begin(3 + keysCount + argsCount)
  words.word('EVALSHA')
  words.word(sha)
  words.word(String(keysCount))
  for (const { op } of members) for (const key of op.keys) words.word(key)
  for (const word of head) words.word(word)
  for (const { op } of members) for (const word of op.args) words.word(word)
}
