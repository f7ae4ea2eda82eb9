/** What becomes a link in a message, how it reads, and that no text takes long. */
import { expect, test } from 'vitest'
import { links } from '../../widget/chat/timeline/links.ts'

/** Each link as `href`, or `href as text` where it reads differently. */
const found = (text: string): string[] =>
  links(text).flatMap((piece) => {
    if (typeof piece === 'string') return []
    const [href, words] = piece.values as [string, string]
    return href === words ? [href] : [`${href} as ${words}`]
  })

const words = (text: string): string =>
  links(text)
    .map((piece) => (typeof piece === 'string' ? piece : String(piece.values[1])))
    .join('')

test.each<[string, string, string[]]>([
  ['an address', 'see https://a.example/b?c=d#e', ['https://a.example/b?c=d#e']],
  [
    'the end of a sentence',
    'see (https://a.example/b_(c)). Or https://d.example/e, and https://f.example!',
    ['https://a.example/b_(c)', 'https://d.example/e', 'https://f.example'],
  ],
  ['www', 'at www.kettles.example.', ['https://www.kettles.example as www.kettles.example']],
  ['www with a path', '(www.kettles.de/x?y=1)', ['https://www.kettles.de/x?y=1 as www.kettles.de/x?y=1']],
  [
    'a name without www',
    'at kettles.com/tea or kettles.shop',
    ['https://kettles.com/tea as kettles.com/tea', 'https://kettles.shop as kettles.shop'],
  ],
  ['e-mail', 'to ann.lee+tea@kettles.example, please', ['mailto:ann.lee+tea@kettles.example as ann.lee+tea@kettles.example']],
  [
    'phones',
    'call +49 30 1234567 or (020) 7946 0958 or 138 0013 8000 or 400-820-8820',
    [
      'tel:+49301234567 as +49 30 1234567',
      'tel:02079460958 as (020) 7946 0958',
      'tel:13800138000 as 138 0013 8000',
      'tel:4008208820 as 400-820-8820',
    ],
  ],
  ['a name of its own script', 'https://例え.jp/ and http://bücher.example/ä', ['https://例え.jp/', 'http://bücher.example/ä']],
  ['a Cyrillic name', 'http://почта.рф/x', ['http://почта.рф/x']],
  ['Chinese words beside it', '看这个www.kettles.com很好', ['https://www.kettles.com as www.kettles.com']],
  ['Chinese words after a path', '链接https://a.example/tea/12这个好看，谢谢', ['https://a.example/tea/12']],
  ['Chinese words after the host', '看https://a.example/这个好看', ['https://a.example/']],
  ['Chinese punctuation', '（https://a.example/x）。', ['https://a.example/x']],
  ['a Chinese path', 'https://zh.example/wiki/茶壶 好', ['https://zh.example/wiki/茶壶']],
  ['a Chinese path before a full stop', 'https://zh.example/wiki/茶壶。好', ['https://zh.example/wiki/茶壶']],
  ['Korean words', '여기https://a.example/x에서', ['https://a.example/x']],
  ['a phone number in Chinese', '请打13800138000谢谢', ['tel:13800138000 as 13800138000']],
])('%s', (_, text, expected) => {
  expect(found(text)).toEqual(expected)
})

test.each([
  ['a script', 'javascript:alert(1) JaVaScRiPt:alert(1)//x.example'],
  ['data', 'data:text/html,<script>alert(1)</script>'],
  ['other programs', 'ftp://a.example/x file:///etc/passwd vbscript:x intent://a.example/#Intent;end'],
  ['an address that begins with another one', 'https://paypal.com@evil.example/'],
  ['a name and a password', 'https://ann:secret@shop.example/'],
  ['files and sentences', 'main.py yes.it done.Then README.md 1.2.3 e.g. i.e.'],
  ['a date, a price, an order', '2026-11-27 14:30, 1,299.00, 20261127000123, 10-5567-8899-12, 0.99, 12345678901'],
])('%s: no link', (_, text) => {
  expect(found(text)).toEqual([])
  expect(words(text)).toBe(text)
})

test('a host that reads like another one is shown as the network writes it', () => {
  expect(found('https://аpple.com/id')).toEqual(['https://аpple.com/id as https://xn--pple-43d.com/id'])
  expect(found('https://раура.com')[0]).toMatch(/ as https:\/\/xn--/)
  expect(found('https://ɡoogle.com')[0]).toMatch(/ as https:\/\/xn--/)
  expect(found('www.paypaı.com')[0]).toMatch(/ as xn--|as www\.xn--/)
})

test('nothing in an address changes the direction of the text', () => {
  expect(found('https://good.example/\u202egnp.live\u2066')).toEqual(['https://good.example/gnp.live'])
})

test('every character of a text is shown once', () => {
  for (const text of ['a b', 'x https://a.example/ y', '看www.a.com好+49 30 1234567。', 'a@b.example a@b.example']) expect(words(text)).toBe(text)
})

/** Longer than any message. The library's own patterns are part of it; a quadratic one takes many seconds. */
test('no text takes long', () => {
  const n = 10_000
  const texts = [
    '(',
    ')',
    '.',
    'a.',
    'a@',
    '@',
    '0 ',
    '+1',
    '1-',
    'www.',
    'http://',
    'http://a.b/(',
    '](',
    '\u202e',
    '好a',
    '"',
    "'",
    'xn--',
    '-',
    '//',
    ':1',
  ].map((each) => each.repeat(n / each.length))
  const heads = ['', 'http://a.example/', 'www.a.example/', 'a@']
  for (const text of texts)
    for (const head of heads) {
      const start = performance.now()
      links(head + text)
      expect(performance.now() - start, `${head}${text.slice(0, 10)}…`).toBeLessThan(1500)
    }
}, 60_000)
