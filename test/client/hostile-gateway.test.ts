/** Whatever a gateway sends, what comes out of the client is of the contract's types, and the client goes on. */
import fc from 'fast-check'
import { Compile } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { COMMANDS, Welcome, type Command } from '../../gateway/protocol/commands.ts'
import { PUSHES, type Push } from '../../gateway/protocol/pushes.ts'
import { answerFrom, pushFrom, refusalFrom, welcomeFrom } from '../../widget/client/incoming.ts'
import { MAILBOX_CHECKS } from '../../widget/client/incoming-mailbox.ts'
import { hostileLike, typesOf } from '../kit/hostile-values.ts'

const OPTIONS: fc.Parameters<unknown> = { numRuns: 300, seed: 11 }

/** What the contract asks of a gateway, and a client can do without. */
const SPARED: Readonly<Record<string, object>> = {
  welcome: { v: 1, at: 1, limits: {} },
  byePush: { message: '' },
  syncChangeUserPush: { socketid: '' },
}
/** A pushed name that no client here makes anything of may carry anything. */
const UNREAD: readonly string[] = ['refusalPush', 'quickRepliesPush']

describe('is of the contract’s types, or is not there', () => {
  test.each(Object.keys(PUSHES).filter((name) => !UNREAD.includes(name)) as Push[])('%s', (name) => {
    const types = Compile(typesOf(PUSHES[name]))
    let taken = 0
    fc.assert(
      fc.property(hostileLike(PUSHES[name]), (value) => {
        const data = pushFrom(MAILBOX_CHECKS, name, value)
        if (data === undefined) return
        taken++
        if (!types.Check({ ...SPARED[name], ...data })) throw new Error(JSON.stringify(types.Errors(data)))
      }),
      OPTIONS,
    )
    expect(taken).toBeGreaterThan(0)
  })

  test.each(Object.keys(COMMANDS) as Command[])('the answer of %s', (name) => {
    const { answer } = COMMANDS[name]
    const types = Compile(typesOf(answer))
    fc.assert(
      fc.property(hostileLike(answer), (value) => {
        const data = answerFrom(MAILBOX_CHECKS, name, value)
        // that it is a yes is looked at before
        if (data !== undefined && !types.Check({ ...data, ok: true })) throw new Error(JSON.stringify(types.Errors({ ...data, ok: true })))
      }),
      OPTIONS,
    )
  })

  test('a welcome, a refusal', () => {
    const types = Compile(typesOf(Welcome))
    fc.assert(
      fc.property(hostileLike(Welcome, 1), (value) => {
        const data = welcomeFrom(value)
        if (data !== undefined && !types.Check({ ...SPARED.welcome, ...data })) throw new Error(JSON.stringify(types.Errors(data)))
        const refusal = refusalFrom(value)
        expect([typeof refusal.code, typeof refusal.message, typeof refusal.retry]).toEqual(['string', 'string', 'boolean'])
      }),
      OPTIONS,
    )
  })
})
