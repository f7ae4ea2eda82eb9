import { describe, expect, it } from 'vitest'
import type { Message } from '../../gateway/protocol/model.ts'
import { balance, brokenLinks, type Account } from './ledger.ts'
import { startEmbedded } from './stages/embedded.ts'
import { storm } from './storm.ts'
import { table } from './table.ts'

describe('a storm over the embedded backbone', () => {
  it('loses, doubles and misorders none of 10,000 messages of 8 peers when the gateway is killed five times', async () => {
    const stage = await startEmbedded()
    const report = await storm(stage, { peers: 8, window: 8, strikes: 5, messages: 10_000 })
    console.log(table(report))
    expect(await stage.stop()).toBe(true)
    expect(report.faults).toEqual([])
    expect(report.rows.reduce((sum, { stored }) => sum + stored, 0)).toBe(10_000)
    expect(report.strikes).toHaveLength(5)
    // Otherwise no kill met an unanswered message, and the run proves nothing.
    expect(report.rows.reduce((sum, { resent }) => sum + resent, 0)).toBeGreaterThan(0)
  })
})

describe('the ledger', () => {
  const log = (...ids: string[]): Message[] =>
    ids.map((id, i) => ({
      conversation: 'a~b',
      epoch: 'e',
      seq: i + 1,
      ...(i === 0 ? {} : { prev: ids[i - 1]! }),
      id,
      from: 'a',
      side: 'a',
      kind: 'text',
      body: { text: '' },
      at: 0,
    }))
  const account = (acknowledged: [string, number][]): Account => ({
    name: 'a',
    written: ['1', '2', '3'],
    acknowledged: new Map(acknowledged),
  })
  const all = account([
    ['1', 1],
    ['2', 2],
    ['3', 3],
  ])

  it('finds no fault when the log is as written', () => {
    expect(balance(all, log('1', '2', '3'))).toEqual({
      written: 3,
      acknowledged: 3,
      stored: 3,
      lost: 0,
      missing: 0,
      doubled: 0,
      misordered: 0,
      foreign: 0,
    })
  })

  it('counts messages that are lost, missing, doubled, misordered, foreign or unlinked', () => {
    expect(balance(all, log('1', '2'))).toMatchObject({ lost: 1, missing: 1 })
    expect(balance(account([['1', 1]]), log('1', '2'))).toMatchObject({ lost: 0, missing: 1 })
    expect(balance(all, log('1', '2', '3', '2'))).toMatchObject({ doubled: 1, misordered: 1 })
    expect(balance(all, log('2', '1', '3'))).toMatchObject({ lost: 2, misordered: 1 })
    expect(balance(all, log('1', '2', '3', 'x'))).toMatchObject({ foreign: 1 })
    expect(brokenLinks(log('1', '2', '3'))).toBe(0)
    expect(brokenLinks(log('1', '2', '3').slice(1))).toBe(2)
  })
})
