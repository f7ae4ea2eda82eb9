import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { registerPages, registerWidgetFiles, type WidgetFilesOptions } from '../../../gateway/doors/static-files.ts'

const CODE = 'console.log("hello");\n'.repeat(200)

async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

async function widgetServer(folder: string, options?: WidgetFilesOptions) {
  const app = Fastify()
  onTestFinished(() => app.close())
  registerWidgetFiles(app, folder, options)
  return (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
}

test('the widget is served to pages of any origin, compressed as requested, and again when a file changes', async () => {
  const copies = { 'im-chat.js.br': brotliCompressSync(CODE), 'im-chat.js.gz': gzipSync(CODE) }
  const folder = await folderOf({ 'im-chat.js': CODE, ...copies, 'im-chat.css': 'a{}' })
  const get = await widgetServer(folder)

  const plain = await get('/im-chat.js')
  expect([plain.body, plain.headers['content-encoding'], plain.headers['access-control-allow-origin'], plain.headers['content-type']]).toEqual([
    CODE,
    undefined,
    '*',
    'application/javascript; charset=utf-8',
  ])
  const brotli = await get('/im-chat.js', { 'accept-encoding': 'gzip, deflate, br' })
  expect([brotliDecompressSync(brotli.rawPayload).toString(), brotli.headers['content-encoding']]).toEqual([CODE, 'br'])
  expect([brotli.headers['content-type'], brotli.headers.vary, Number(brotli.headers['content-length'])]).toEqual([
    'application/javascript; charset=utf-8',
    'Accept-Encoding',
    brotli.rawPayload.length,
  ])
  const gzipped = await get('/im-chat.js', { 'accept-encoding': 'br;q=0, gzip' })
  expect(gunzipSync(gzipped.rawPayload).toString()).toBe(CODE)
  const uncompressed = await get('/im-chat.css', { 'accept-encoding': 'gzip, deflate, br' })
  expect([uncompressed.body, uncompressed.headers['content-type'], uncompressed.headers['content-encoding']]).toEqual([
    'a{}',
    'text/css; charset=utf-8',
    undefined,
  ])

  await writeFile(join(folder, 'im-chat.js'), 'changed')
  await utimes(join(folder, 'im-chat.js'), 1, 1)
  const changed = await get('/im-chat.js', { 'if-none-match': String(plain.headers.etag) })
  expect([changed.statusCode, changed.body]).toEqual([200, 'changed'])
})

test('a compressed copy is not served when it is older than its file: `npm run dev` makes no copies', async () => {
  const folder = await folderOf({ 'im-chat.js': 'new', 'im-chat.js.br': brotliCompressSync('old') })
  const get = await widgetServer(folder)
  await utimes(join(folder, 'im-chat.js.br'), 1, 1)
  expect((await get('/im-chat.js', { 'accept-encoding': 'br' })).body).toBe('new')
  await utimes(join(folder, 'im-chat.js'), 1, 1)
  expect((await get('/im-chat.js', { 'accept-encoding': 'br' })).headers['content-encoding']).toBe('br')
})

// npm gives every file of a package the date of 1985, and two releases of a loader differ in eight letters
test('two releases of the same size and date have different ETags', async () => {
  const folder = await folderOf({ 'im-chat.js': 'release 1', 'other/im-chat.js': 'release 2' })
  for (const name of ['im-chat.js', 'other/im-chat.js']) await utimes(join(folder, name), 1, 1)
  const get = await widgetServer(folder)
  const [one, other] = await Promise.all([get('/im-chat.js'), get('/other/im-chat.js')])
  expect(one.headers.etag).not.toBe(other.headers.etag)
  const stale = await get('/other/im-chat.js', { 'if-none-match': String(one.headers.etag), 'if-modified-since': new Date().toUTCString() })
  expect([stale.statusCode, stale.body, stale.headers['last-modified']]).toEqual([200, 'release 2', undefined])
})

test('a script with a hash in its name is cached for ever, one without for minutes', async () => {
  const named = 'es2017/rows.0a1b2c3d.js'
  const copy = { [`${named}.br`]: brotliCompressSync('1') }
  const get = await widgetServer(
    await folderOf({
      'im-chat.js': '1',
      'modern/im-chat.js': '1',
      'modern/picture-composer.js': '1',
      [named]: '1',
      ...copy,
    }),
  )
  const caching = async (url: string): Promise<unknown> => (await get(url, { 'accept-encoding': 'br' })).headers['cache-control']
  expect(await caching(`/${named}`)).toBe('public, max-age=31536000, immutable')
  for (const url of ['/im-chat.js', '/modern/im-chat.js', '/modern/picture-composer.js'])
    expect([url, await caching(url)]).toEqual([url, 'public, max-age=300'])
})

test("Node's modules are not served, and the testers' script only with the demo", async () => {
  const names = ['server/im-chat.js', 'im-chat.qa.js', 'im-chat.js', 'im-chat.js.br', '.hidden.js']
  const folder = await folderOf(Object.fromEntries(names.map((name) => [name, '1'])))
  const statuses = async (options?: WidgetFilesOptions): Promise<readonly number[]> => {
    const get = await widgetServer(folder, options)
    const urls = ['/im-chat.js', '/im-chat.qa.js', '/server/im-chat.js', '/im-chat.js.br', '/.hidden.js', '/modern/../server/im-chat.js', '/']
    return Promise.all(urls.map(async (url) => (await get(url)).statusCode))
  }
  expect(await statuses({ hasQa: true })).toEqual([200, 200, 404, 404, 404, 404, 404])
  expect(await statuses({ hasQa: false })).toEqual([200, 404, 404, 404, 404, 404, 404])
  await (
    await widgetServer(join(folder, 'absent'))
  )('/im-chat.js')
})

test('a missing folder of pages is no error, and nothing above a folder is served', async () => {
  const folder = await folderOf({
    'secret.html': 'secret',
    'pages/index.html': 'first',
    'pages/other.html': 'other',
    'pages/in/index.html': 'in',
  })
  const app = Fastify()
  onTestFinished(() => app.close())
  registerPages(app, [join(folder, 'absent')])
  registerPages(app, [join(folder, 'pages')])
  const body = async (url: string) => (await app.inject({ url })).body
  expect([await body('/'), await body('/other.html'), await body('/in/')]).toEqual(['first', 'other', 'in'])
  const moved = await app.inject({ url: '/in?x=1' })
  expect([moved.statusCode, moved.headers.location]).toEqual([301, '/in/?x=1'])
  const escapes = ['/../secret.html', '/%2e%2e/secret.html', '/..%2fsecret.html', '/%2e%2e%2fsecret.html']
  for (const url of escapes) expect(await body(url)).not.toBe('secret')
})

test('of several folders of pages the first that has a file serves it', async () => {
  const folder = await folderOf({ 'one/index.html': 'one', 'two/index.html': 'two', 'two/docs/index.html': 'docs', 'two/llms.txt': 'list' })
  const app = Fastify()
  onTestFinished(() => app.close())
  registerPages(app, [join(folder, 'one'), join(folder, 'absent'), join(folder, 'two')])
  const body = async (url: string) => (await app.inject({ url })).body
  expect([await body('/'), await body('/docs/'), await body('/llms.txt')]).toEqual(['one', 'docs', 'list'])
  expect((await app.inject({ url: '/docs' })).headers.location).toBe('/docs/')
  expect((await app.inject({ url: '/nothing.html' })).statusCode).toBe(404)
})

test('a client that has a bundle or page gets 304, also with a weakened ETag or a list of ETags', async () => {
  const folder = await folderOf({ 'widget/im-chat.js': 'export {}', 'pages/page.html': 'a page' })
  const app = Fastify()
  onTestFinished(() => app.close())
  registerWidgetFiles(app, join(folder, 'widget'))
  registerPages(app, [join(folder, 'pages')])
  for (const url of ['/im-chat.js', '/page.html']) {
    const etag = String((await app.inject({ url })).headers.etag).replace(/^W\//, '')
    const asked = async (given: string): Promise<number> => (await app.inject({ url, headers: { 'if-none-match': given } })).statusCode
    expect(etag).toMatch(/^"[^"]+"$/)
    for (const given of [etag, `W/${etag}`, `"other", W/${etag}`, `${etag},"other"`, `W/"x" , ${etag}`, '*']) {
      expect([given, await asked(given)]).toEqual([given, 304])
    }
    for (const given of ['"other"', etag.slice(1, -1), `"x${etag.slice(1)}`]) expect([given, await asked(given)]).toEqual([given, 200])
  }
})

test('pages have type and length, also for HEAD; hidden and missing files and folders are 404', async () => {
  const folder = await folderOf({ 'page.html': 'a page', '.secret': 'secret' })
  await mkdir(join(folder, 'empty'))
  const app = Fastify()
  onTestFinished(() => app.close())
  registerPages(app, [folder])
  const head = await app.inject({ method: 'HEAD', url: '/page.html?x=/../y' })
  expect([head.statusCode, head.headers['content-type'], head.headers['content-length'], head.body]).toEqual([
    200,
    'text/html; charset=utf-8',
    '6',
    '',
  ])
  for (const url of ['/.secret', '/nothing.html', '/empty/', '/page.html/', '/%00']) {
    expect([url, (await app.inject({ url })).statusCode >= 400]).toEqual([url, true])
  }
})
