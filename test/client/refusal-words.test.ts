import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CODES, wireRefusal, type Code } from '../../gateway/protocol/codes.ts'
import { authorWarning } from '../../widget/chat/author-warnings.ts'
import { doubtfulTo } from '../../widget/chat/warn-author.ts'
import { chat as en } from '../../widget/locales/en/chat.ts'
import { chat as zhCn } from '../../widget/locales/zh-cn/chat.ts'
import { refusalSentence } from '../../widget/ui/refusal-sentence.ts'

const ALL = Object.keys(CODES) as Code[]
/** Nothing that the page's author or the operator can do: it is between persons, or it passes. */
const PERSONS: readonly Code[] = [
  'too_large',
  'hello_timeout',
  'text_empty',
  'text_too_long',
  'image_unsupported',
  'image_too_large',
  'image_gone',
  'blocked',
  'too_late',
  'conflict',
  'agent_unavailable',
  'too_many',
  'draining',
  'slow',
]

describe.each([
  ['en', en],
  ['zh-CN', zhCn],
] as const)("in a person's words, %s", (_name, strings) => {
  test.each(ALL)('%s', (code) => {
    const sentence = refusalSentence(wireRefusal(code), strings)
    expect(sentence.length).toBeGreaterThan(3)
    expect(sentence).toMatch(/[.。]$/)
    expect(sentence).not.toContain(CODES[code].message)
    expect(sentence).not.toMatch(/[a-z]_[a-z]|undefined|gateway|token|ORIGINS/)
  })
})

test('the end of a block is written in the language of the sentence; what is no language does no harm', () => {
  const refusal = { code: 'blocked', message: 'You are blocked. (Spam; until 2026-11-29T10:00:00.000Z)', retry: false } as const
  expect(refusalSentence(refusal, zhCn, 'zh-CN')).toMatch(/Spam；截至 2026年11月29日 \d\d:00\)$/)
  expect(refusalSentence(refusal, zhCn, 'de')).toContain('29.11.2026')
  expect(refusalSentence(refusal, zhCn, 'no_language')).toContain('2026')
})

describe("in an author's words", () => {
  beforeAll(() => void vi.stubGlobal('location', { origin: 'https://shop.example' }))
  afterAll(() => void vi.unstubAllGlobals())

  test.each(ALL)('%s', (code) => {
    const words = authorWarning(wireRefusal(code), 'https://chat.example')
    if (PERSONS.includes(code)) return expect(words).toBeUndefined()
    expect(words).toContain(`[${code}] Gateway: https://chat.example. `)
    expect(words).not.toContain('{origin}')
  })

  test('a foreign page is named', () => {
    expect(authorWarning(wireRefusal('origin_forbidden'), '')).toContain('Add https://shop.example to the setting ORIGINS')
  })

  test.each([
    ['42', 'shop:42'],
    ['007', 'shop:007'],
  ])('to="%s" may be meant for %s', (to, shop) => {
    expect(doubtfulTo(to)).toContain(`to="${shop}"`)
  })

  test.each(['shop:42', 'guest-1', 'wx42', 'anna', ''])('to="%s" is clear', (to) => {
    expect(doubtfulTo(to)).toBeUndefined()
  })
})
