/** The bridge's contract and its page for app developers say the same, and the snippets there speak it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BRIDGE_VERSION, TO_PAGE, type ToHost } from '../../widget/bridge/contract.ts'

const page = readFileSync('docs/webview.md', 'utf8')

const TO_HOST: { readonly [T in keyof ToHost]: readonly string[] } = {
  ready: ['version', 'understands'],
  unread: ['count'],
  opened: [],
  closed: [],
  link: ['url'],
  image: ['url'],
  card: ['kind', 'id?', 'number?', 'title?', 'url?', 'message?'],
  passNeeded: ['code'],
  answer: ['id', 'ok', 'consumed?', 'why?'],
}

/** Type and fields of each row of the table under a heading. */
function table(heading: string): [string, string[]][] {
  const section = page.split(`\n### ${heading}\n`)[1]?.split(/\n###? /)[0] ?? ''
  return section
    .split('\n')
    .filter((row) => row.startsWith('| `'))
    .map((row) => {
      const [type, fields] = row
        .split('|')
        .slice(1)
        .map((cell) => cell.replaceAll('`', '').trim())
      return [type!, fields === '' ? [] : fields!.split(', ')]
    })
}

test('docs/webview.md lists what an app may say, field by field, and nothing else', () => {
  const said = Object.entries(TO_PAGE).map(([type, fields]) => [
    type,
    Object.entries(fields).map(([name, kind]: [string, string]) => name + (kind.endsWith('?') ? '?' : '')),
  ])
  expect(table('The app to the page')).toEqual(said)
})

test('docs/webview.md lists what the page says, and nothing else', () => {
  expect(table('The page to the app')).toEqual(Object.entries(TO_HOST))
  expect(page).toContain(`\nVersion ${BRIDGE_VERSION}. `)
})

const read = (path: string): string => readFileSync(path, 'utf8')
/** The code blocks of `language` in a page. */
const blocks = (file: string, language: string): string =>
  [...read(file).matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code).join('\n')
const ANDROID = 'demo/hosts/android/app/src/main/kotlin/com/example/shop/ChatHost.kt'

/** The code of each app's side of the bridge, and how its language writes the type of a message that it sends, and of one that it receives. */
const HOSTS = [
  [ANDROID, read(ANDROID), /\bsend\(\s*"(\w+)"/g, /^ +("\w+"(?:, "\w+")*) ->/gm],
  ['demo/hosts/ios', read('demo/hosts/ios/Shop.swiftpm/ChatHost.swift'), /"type": "(\w+)"/g, /\bcase ("\w+"(?:, "\w+")*):/g],
  ['React Native', blocks('docs/app-frameworks.md', 'jsx'), /\btype: '(\w+)'/g, /\bcase '(\w+)':/g],
  ['Flutter', blocks('docs/app-frameworks.md', 'dart'), /'type': '(\w+)'/g, /\bcase ('\w+'(?: \|\| '\w+')*):/g],
  ['ArkWeb', blocks('docs/app-frameworks.md', 'ts'), /\btype: '(\w+)'/g, /\bcase '(\w+)':/g],
] as const

test.each(HOSTS)('%s sends and receives only messages of the contract', (_host, code, sent, received) => {
  const names = (spelling: RegExp): string[] => [...code.matchAll(spelling)].flatMap(([, found]) => found!.match(/\w+/g)!)
  expect(Object.keys(TO_PAGE)).toEqual(expect.arrayContaining(names(sent)))
  expect(Object.keys(TO_HOST)).toEqual(expect.arrayContaining(names(received)))
  expect(names(sent)).toEqual(expect.arrayContaining(['host', 'back', 'pass']))
  expect(names(received)).toEqual(expect.arrayContaining(['ready', 'passNeeded']))
})

test('the frameworks reach the bridge by objects that the page looks for', () => {
  const hosts = read('widget/bridge/hosts.ts')
  const page = read('docs/app-frameworks.md')
  for (const name of ['ImChatHost', 'ReactNativeWebView', 'imChat']) {
    expect(hosts).toContain(name)
    expect(page).toContain(name)
  }
})
