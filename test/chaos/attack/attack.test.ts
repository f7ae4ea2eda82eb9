import { describe, expect, it } from 'vitest'
import { attackTable } from './attack-table.ts'
import { attacks } from './attacks.ts'
import { trial } from './trial.ts'
import { faultsOf, type Outcome } from './verdict.ts'

describe('a handful of attacks at once', () => {
  it('a healthy pair loses no message and the gateway survives', async () => {
    const outcome = await trial(
      attacks.find(({ name }) => name === 'a-handful')!,
      {
        entry: 'dist/gateway/main.js',
        redis: false,
        seconds: 3,
        quietSeconds: 2,
        afterSeconds: 2,
        scale: 0.25,
      },
    )
    console.log(attackTable([outcome]))
    expect(faultsOf(outcome)).toEqual([])
    // proves that the attack ran and that the pair was chatting
    expect(outcome.books?.written).toBeGreaterThan(100)
    const outcomes = outcome.outcomes.map(([what]) => what)
    for (const each of ['bad_request', 'bye abuse', '404']) expect(outcomes).toContain(each)
  })
})

describe('the verdict', () => {
  const delays = (p99: number) => ({ count: 100, ack: { p50: 5, p99 }, delivery: { p50: 5, p99 } })
  const well: Outcome = {
    attack: 'x',
    description: 'x',
    ended: undefined,
    quiet: delays(20),
    during: delays(500),
    books: { written: 100, lost: 0, doubled: 0, misordered: 0 },
    memory: { peakBytes: 1e8, afterBytes: 1e7, heldBytes: 1e6 },
    standstillMs: 100,
    sockets: { atEnd: 300, after: 3 },
    socketsAllowed: 5,
    outcomes: [],
    wasCarriedOut: true,
    attackerError: undefined,
  }

  it('finds no fault when every figure is within its limit', () => {
    expect(faultsOf(well)).toEqual([])
  })

  it.each<[string, Partial<Outcome>]>([
    ['the process ended: exit 1', { ended: 'exit 1' }],
    ['ack p99 1.1 s', { during: { ...delays(500), ack: { p50: 5, p99: 1100 } } }],
    ['delivery p99 never', { during: { ...delays(500), delivery: { p50: 5, p99: Infinity } } }],
    ['ack p99 –', { during: { ...delays(500), ack: { p50: NaN, p99: NaN } } }],
    ['600 MB more at its peak', { memory: { ...well.memory, peakBytes: 6e8 } }],
    ['100 MB more ten seconds after', { memory: { ...well.memory, afterBytes: 1e8 } }],
    ['50 MB more held ten seconds after', { memory: { ...well.memory, heldBytes: 5e7 } }],
    ['300 sockets kept', { sockets: { atEnd: 300, after: 300 } }],
    ['the log could not be read', { books: undefined }],
    ['1 lost', { books: { ...well.books!, lost: 1 } }],
    ['2 doubled', { books: { ...well.books!, doubled: 2 } }],
    ['not carried out: it ended', { wasCarriedOut: false, attackerError: 'it ended' }],
    ['3 misordered', { books: { ...well.books!, misordered: 3 } }],
  ])('says: %s', (sentence, wrong) => {
    expect(faultsOf({ ...well, ...wrong })).toEqual([sentence])
  })
})
