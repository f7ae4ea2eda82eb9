import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { registerBundles } from '../../../gateway/doors/bundles.ts'
import { registerPages } from '../../../gateway/doors/pages.ts'

test('bundles are served compressed, cacheable, to pages of any origin, and anew when they change', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const code = 'console.log("hello");\n'.repeat(200)
  await writeFile(join(folder, 'im-chat.js'), code)
  const app = Fastify()
  registerBundles(app, folder)
  const get = (headers: Record<string, string> = {}) => app.inject({ url: '/im-chat.js', headers })

  const plain = await get()
  expect([plain.body, plain.headers['content-encoding'], plain.headers['access-control-allow-origin']]).toEqual([code, undefined, '*'])
  const brotli = await get({ 'accept-encoding': 'gzip, deflate, br' })
  expect([brotliDecompressSync(brotli.rawPayload).toString(), brotli.headers['content-encoding']]).toEqual([code, 'br'])
  expect(brotli.rawPayload.length).toBeLessThan(code.length / 5)
  const gzipped = await get({ 'accept-encoding': 'br;q=0, gzip' })
  expect(gunzipSync(gzipped.rawPayload).toString()).toBe(code)
  expect((await get({ 'if-none-match': String(plain.headers.etag) })).statusCode).toBe(304)

  await writeFile(join(folder, 'im-chat.js'), 'changed')
  await utimes(join(folder, 'im-chat.js'), 1, 1)
  const changed = await get({ 'if-none-match': String(plain.headers.etag) })
  expect([changed.statusCode, changed.body]).toEqual([200, 'changed'])
  await app.close()
  await rm(folder, { recursive: true })
})

test('a piece of a bundle, named by its content, is kept for good', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  for (const name of ['im-chat.js', 'im-chat-zh-cn-0a1b2c3d.js']) await writeFile(join(folder, name), 'export {}')
  const app = Fastify()
  registerBundles(app, folder)
  const caching = async (url: string): Promise<unknown> => (await app.inject({ url })).headers['cache-control']
  expect(await caching('/im-chat-zh-cn-0a1b2c3d.js')).toBe('public, max-age=31536000, immutable')
  expect(await caching('/im-chat.js')).not.toContain('immutable')
  await app.close()
  await rm(folder, { recursive: true })
})

test('pages of the first folder win, an absent folder is no error, nothing above a folder is served', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  await mkdir(join(folder, 'one'))
  await mkdir(join(folder, 'two'))
  await writeFile(join(folder, 'secret.html'), 'secret')
  await writeFile(join(folder, 'one', 'index.html'), 'one')
  await writeFile(join(folder, 'two', 'index.html'), 'two')
  await writeFile(join(folder, 'two', 'other.html'), 'other')
  const app = Fastify()
  registerPages(app, [join(folder, 'absent'), join(folder, 'one'), join(folder, 'two')])
  const body = async (url: string) => (await app.inject({ url })).body
  expect([await body('/'), await body('/other.html')]).toEqual(['one', 'other'])
  const escapes = ['/../secret.html', '/%2e%2e/secret.html', '/..%2fsecret.html', '/%2e%2e%2fsecret.html']
  for (const url of escapes) expect(await body(url)).not.toBe('secret')
  await app.close()
  await rm(folder, { recursive: true })
})

test('who has a bundle or a page is told so, also where a proxy weakened its tag or a list is asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  await writeFile(join(folder, 'im-chat.js'), 'export {}')
  await writeFile(join(folder, 'page.html'), 'a page')
  const app = Fastify()
  registerBundles(app, folder)
  registerPages(app, [folder])
  for (const url of ['/im-chat.js', '/page.html']) {
    const etag = String((await app.inject({ url })).headers.etag).replace(/^W\//, '')
    const asked = async (given: string): Promise<number> => (await app.inject({ url, headers: { 'if-none-match': given } })).statusCode
    expect(etag).toMatch(/^"[^"]+"$/)
    for (const given of [etag, `W/${etag}`, `"other", W/${etag}`, `${etag},"other"`, `W/"x" , ${etag}`, '*']) {
      expect([given, await asked(given)]).toEqual([given, 304])
    }
    for (const given of ['"other"', etag.slice(1, -1), `"x${etag.slice(1)}`]) expect([given, await asked(given)]).toEqual([given, 200])
  }
  await app.close()
  await rm(folder, { recursive: true })
})

test('pages are told their type and length, also to HEAD; what is hidden, absent or a folder is not there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  await mkdir(join(folder, 'empty'))
  await writeFile(join(folder, 'page.html'), 'a page')
  await writeFile(join(folder, '.secret'), 'secret')
  const app = Fastify()
  registerPages(app, [folder])
  const head = await app.inject({ method: 'HEAD', url: '/page.html?x=/../y' })
  expect([head.statusCode, head.headers['content-type'], head.headers['content-length'], head.body])
    .toEqual([200, 'text/html; charset=utf-8', '6', ''])
  for (const url of ['/.secret', '/nothing.html', '/empty/', '/page.html/', '/%00']) {
    expect([url, (await app.inject({ url })).statusCode >= 400]).toEqual([url, true])
  }
  await app.close()
  await rm(folder, { recursive: true })
})
