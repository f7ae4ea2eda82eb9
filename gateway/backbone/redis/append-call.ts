import type { Words } from './command-writer.ts'
import type { Beside, Op, Script } from './op.ts'

/** Writes a call of scripts/append.lua; its arguments are listed there. */
export function writeAppends({ sha, head }: Script, members: readonly { readonly op: Op<unknown> }[], words: Words): void {
  let keysCount = 0
  let argsCount = 1 + head.length
  for (const { op } of members) {
    const besideCount = op.beside?.length ?? 0
    keysCount += 2 + besideCount
    argsCount += 2 + op.args.length + 4 * besideCount
  }
  words.begin(3 + keysCount + argsCount)
  words.word('EVALSHA')
  words.word(sha)
  words.word(String(keysCount))
  for (const { op } of members) words.word(op.keys[0]!)
  for (const { op } of members) words.word(op.keys[1]!)
  for (const { op } of members) if (op.beside !== undefined) for (const [key] of op.beside) words.word(key)
  words.word(String(members.length))
  for (const word of head) words.word(word)
  for (const { op } of members) for (const route of op.routes!) words.word(route)
  for (const { op } of members) for (const word of op.args) words.word(word)
  for (let i = 0; i < members.length; i++) for (const beside of members[i]!.op.beside ?? []) writeBeside(i + 1, beside, words)
}

function writeBeside(number: number, [, command, one, two]: Beside, words: Words): void {
  for (const word of [String(number), command, one, two]) words.word(word)
}
