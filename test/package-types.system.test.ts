/** What a page's own TypeScript sees of the package as it is published: packed, unpacked beside its dependencies, compiled strictly. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unpackWidget } from './kit/unpack-widget.ts'

const CONSUMER = `
import 'im-chat/im-chat'
import 'im-chat/im-inbox'
import type { CardTap, ChatElement, Client, ConnectionState, Hours, Message, Offer } from 'im-chat/im-chat'
import type { InboxElement } from 'im-chat/im-inbox'
import type { DeskElement, QuickReply } from 'im-chat/im-desk'
import { createClient, type ClientOptions, type Conversation } from 'im-chat/client'

const options: ClientOptions = { gateway: 'https://chat.example', to: 'shop:42' }
const client: Client = createClient(options)
const conversation: Conversation = client.conversation('shop:42')
export const stop: () => void = client.onPush('messagePush', (message: Message) => console.log(message.body.text, message.seq + 1))
export const newest: Message | undefined = conversation.timeline.value.messages.at(-1)
export async function rows(): Promise<string> {
  const answer = await client.request('conversations', {})
  return answer.conversations[0]!.to
}

const chat: ChatElement = document.createElement('im-chat')
const offer: Offer = { title: 'Kettle', price: '€ 89' }
chat.gateway = 'https://chat.example'
chat.client = client
chat.product = offer
chat.mode = 'inline'
chat.setViewportInset({ bottom: 40 })
export const state: ConnectionState['name'] = chat.connection
chat.addEventListener('im-send', ({ detail }) => detail.id.slice(detail.text.length))
chat.addEventListener('im-message', ({ detail }) => new Date(detail.at + detail.seq).toISOString() + detail.isOwn)
chat.addEventListener('im-refused', ({ detail }) => (detail.code === 'pass_expired' ? (chat.token = 'fresh') : detail.retry))
chat.addEventListener('im-connection', ({ detail }) => detail.state === 'live' && detail.transport === 'polling')
chat.addEventListener('im-person', ({ detail }) => detail.role === 'guest')
chat.addEventListener('im-open', ({ detail }) => detail === null)
chat.addEventListener('click', (event) => event.clientX)
const onUnread = (event: CustomEvent<{ readonly count: number }>): string => event.detail.count.toFixed()
chat.addEventListener('im-unread', onUnread)
chat.removeEventListener('im-unread', onUnread)

const inbox: InboxElement = document.querySelector('im-inbox')!
inbox.addEventListener('im-select', function ({ detail }) { this.open(detail.to) })
const desk: DeskElement = document.querySelector('im-desk')!
const thanks: QuickReply = { id: '1', title: 'Thanks', text: 'Thank you.' }
desk.quickReplies = [thanks]
desk.addEventListener('im-card', ({ detail }: CustomEvent<CardTap>) => detail.message)
const hours: Hours = { timeZone: 'Europe/Berlin', open: [] }
chat.hours = hours
void chat.updateComplete.then((isDone: boolean) => isDone)
desk.addEventListener('im-quick-reply', ({ detail }) => detail.id.length)

// @ts-expect-error an address is text
chat.gateway = 1
// @ts-expect-error there is no such mode
chat.mode = 'floating'
// @ts-expect-error a count is no text
chat.addEventListener('im-unread', ({ detail }) => detail.count.slice())
// @ts-expect-error a product has a title
chat.product = { price: '1' }
// @ts-expect-error only the desk has quick replies
inbox.addEventListener('im-quick-reply', ({ detail }) => detail.id)
`

let folder: string
let files: readonly string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'im-package-'))
  files = unpackWidget(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies: { 'im-chat': '*' } }))
  writeFileSync(join(folder, 'page.ts'), CONSUMER)
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const [module, moduleResolution] of [
  ['node16', 'node16'],
  ['esnext', 'bundler'],
] as const) {
  test(`a strict page that resolves modules as ${moduleResolution} compiles`, () => {
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module,
          moduleResolution,
          target: 'es2022',
          lib: ['es2023', 'dom', 'dom.iterable'],
          types: [],
          strict: true,
          noEmit: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
        },
        files: ['page.ts'],
      }),
    )
    const { stdout, status } = spawnSync('npx', ['tsc', '-p', join(folder, 'tsconfig.json')], { encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  }, 180_000)
}

test('a page installs few files, nothing that runs at its installation, and all that the manifest names', () => {
  const at = join(folder, 'node_modules/im-chat')
  const manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>
  expect(files.length).toBeLessThanOrEqual(150)
  expect(Object.keys(manifest.dependencies as object)).toEqual(['engine.io-client'])
  expect(manifest.scripts).toBeUndefined()
  const { bin, customElements, exports, jsdelivr, unpkg, 'web-types': webTypes } = manifest
  const named = JSON.stringify([bin, customElements, exports, jsdelivr, unpkg, webTypes])
    .match(/"[^"]+\.\w+"/g)!
    .map((path) => JSON.parse(path) as string)
  expect(named.filter((path) => !path.startsWith('./package') && !existsSync(join(at, path)) && !path.startsWith('./custom'))).toEqual([])
  expect(readFileSync(join(at, 'THIRD-PARTY.md'), 'utf8')).toMatch(/## engine\.io-client[\s\S]*## lit-html/)
})

test('its command says where the gateway is', () => {
  const { stderr, status } = spawnSync(process.execPath, [join(folder, 'node_modules/im-chat/gateway-command.mjs')], {
    encoding: 'utf8',
    cwd: folder,
  })
  expect(stderr).toMatch(/^The gateway is a package of its own, .*npx im-chat-gateway.*\n$/)
  expect(status).toBe(1)
})

test('a gateway whose dependencies are not there says which one, and how to get it', () => {
  const main = join(folder, 'packages/im-chat-gateway/dist/gateway/main.js')
  const { stderr, status } = spawnSync(process.execPath, [main], { encoding: 'utf8', cwd: folder })
  expect(stderr).toMatch(/^The gateway needs the package \S+, which is not installed\. .*npm install im-chat-gateway.*\n$/)
  expect(status).toBe(1)
})

test('no link in its pages leads nowhere', () => {
  const at = join(folder, 'packages')
  const pages = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
  /** Of the docs' site, beside whose pages their Markdown is: from where the gateway serves it. */
  const placesOf = (page: string, target: string): string[] =>
    target.startsWith('/') ? ['dist', 'demo'].map((folder) => join('im-chat-gateway', folder, 'pages', target)) : [join(dirname(page), target)]
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(at, page), 'utf8').matchAll(/\]\(([^)#\s:]+)[)#]/g)].flatMap(([, target]) =>
      placesOf(page, target!).some((place) => existsSync(join(at, place))) ? [] : [`${page}: ${target}`],
    ),
  )
  expect(pages).toContain('im-chat/PROTOCOL.md')
  expect(dead).toEqual([])
})
