import { describe, expect, test } from 'vitest'
import { check } from '../../widget/bridge/check.ts'
import type { TO_PAGE } from '../../widget/bridge/contract.ts'

const WHOLE = {
  host: { opens: ['link'] },
  inset: { bottom: 336 },
  safeArea: { top: 47, bottom: 34.5 },
  back: {},
  network: { online: false },
  visible: { visible: true },
  pass: { token: 'eyJ.eyJ.x-_' },
  open: { to: 'shop:1', product: { title: 'Kettle' } },
  close: {},
  logout: {},
} as const satisfies Record<keyof typeof TO_PAGE, object>

describe('what an app says', () => {
  test.each(Object.entries(WHOLE))('%s is accepted, as text and as an object, with its own fields only', (type, fields) => {
    const told = { type, id: 7, fields }
    expect(check({ type, id: 7, ...fields, future: { a: 1 } })).toEqual(told)
    expect(check(JSON.stringify({ type, id: 7, ...fields }))).toEqual(told)
  })

  test.each([
    ['nothing', undefined],
    ['a null', null],
    ['a number', 1],
    ['a list', []],
    ['no JSON', '{"type":'],
    ['JSON of a text', '"back"'],
    ['too much JSON', `{"type":"back","x":"${'x'.repeat(70_000)}"}`],
    ['no type', {}],
    ['a type of no text', { type: 1 }],
    ['an unknown type', { type: 'eval', code: '1' }],
    ['what every object has', { type: 'constructor' }],
    ['__proto__', '{"type":"__proto__"}'],
    ['an id that is none', { type: 'back', id: {} }],
    ['an inset below zero', { type: 'inset', bottom: -1 }],
    ['an inset of text', { type: 'inset', bottom: '336' }],
    ['an inset without end', { type: 'inset', bottom: Infinity }],
    ['an inset that is no number', { type: 'inset', bottom: NaN }],
    ['a network that may be', { type: 'network', online: 'yes' }],
    ['a network of no word', { type: 'network' }],
    ['a pass of no text', { type: 'pass', token: {} }],
    ['a pass that is none', { type: 'pass', token: 'rubbish' }],
    ['an endless pass', { type: 'pass', token: 'x'.repeat(9000) }],
    ['a product of text', { type: 'open', product: 'Kettle' }],
    ['a list as a product', { type: 'open', product: [] }],
    ['names of numbers', { type: 'host', opens: [1] }],
    ['endless names', { type: 'host', opens: Array(1000).fill('link') }],
    ['fields that are not its own', Object.assign(Object.create({ online: true }), { type: 'network' })],
  ])('%s is refused in a sentence', (_what, message) => {
    expect(check(message)).toMatch(/^\S.+\.$/)
  })
})
