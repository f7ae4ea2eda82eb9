/** The built gateway as operators meet it: its words, its exit codes, its end. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs it until it ends by itself. */
function run(environment: Record<string, string>, args: string[] = []): Promise<{ code: number | null; output: string }> {
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, ...environment }
  const child = spawn(process.execPath, ['dist/gateway/main.js', ...args], { env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })))
}

describe('a start fails with a sentence', () => {
  test('if the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const { code, output } = await run({ PORT: String(port) })
    taken.close()
    expect({ code, output }).toEqual({ code: 1, output: `Port ${port} is in use by another program. Set PORT to a free one.\n` })
  })

  test.each([
    ['PORT', 'http'],
    ['DOORS', 'window'],
    ['REDIS_URL', 'http://'],
    ['HOST', 'nowhere.invalid'],
  ])('because of %s=%s', async (name, value) => {
    const { code, output } = await run({ [name]: value })
    expect(code).toBe(1)
    expect(output).toContain(name)
    expect(output).toContain(value)
    expect(output.trim().split('\n')).toHaveLength(1)
  })

  test('with a warning about a misspelt setting before it, or about a misspelt option', async () => {
    const { output } = await run({ ORIGIN: 'https://shop.example', PORT: 'http' })
    expect(output.split('\n')[0]).toBe('ORIGIN is not a setting. Did you mean ORIGINS?')
    expect(await run({}, ['--hlep'])).toEqual({ code: 1, output: 'There is no option --hlep. Did you mean --help?\n' })
  })

  test('if the data folder is a file', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const { code, output } = await run({ DATA_DIR: join(file, 'data') })
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain(file)
  })

  test('if another gateway uses the data folder', async () => {
    const gateway = await spawnGateway()
    const { code, output } = await run({ DATA_DIR: gateway.dataDir })
    await gateway.stop()
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain(gateway.dataDir)
  })
})

test('--salvage rebuilds a damaged folder from what can be read, and says what is missing', async () => {
  const gateway = await spawnGateway()
  const { dataDir } = gateway
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass({ sub: 'c1' }) })
  for (const id of ['m1', 'm2', 'm3']) await wireClient.command('send', { to: 'shop:1', id, kind: 'text', body: { text: `hello ${id}` } })
  await gateway.stop()
  expect(await run({ DATA_DIR: dataDir }, ['--salvage'])).toEqual({
    code: 0,
    output: `The data folder ${dataDir} is not damaged; there is nothing to salvage.\n`,
  })
  const journal = join(dataDir, 'journal', 'data.mdb')
  const bytes = await readFile(journal)
  for (let at = bytes.indexOf('hello m2'); at >= 0; at = bytes.indexOf('hello m2', at + 1)) bytes.write('jello', at)
  await writeFile(journal, bytes)
  const refused = await run({ DATA_DIR: dataDir })
  expect(refused).toEqual({ code: 1, output: expect.stringMatching(/^The data folder .* is damaged: journal\/data\.mdb: .*--salvage.*\n$/) })
  const salvaged = await run({}, ['--salvage', dataDir])
  expect(salvaged.code).toBe(0)
  expect(salvaged.output).toMatch(/2 messages of 1 conversations[^]*At least 1 messages of 1 conversations are missing:\n {2}shop:1~c1 {2}1\n/)
  const again = await spawnGateway({ DATA_DIR: dataDir })
  const back = await new WireClient(again.url, 'ws').open()
  await back.hello({ token: await again.pass({ sub: 'c1' }) })
  const { messages } = await back.command('history', { conversation: 'shop:1~c1', limit: 10 })
  expect(messages.map(({ id, seq }) => [id, seq])).toEqual([
    ['m1', 1],
    ['m3', 2],
  ])
  expect(await back.command('send', { to: 'shop:1', id: 'm4', kind: 'text', body: { text: 'on' } })).toMatchObject({ seq: 3 })
  await again.stop()
  await rm(dataDir, { recursive: true })
})

test('--help names every setting and exits with 0', async () => {
  const { code, output } = await run({}, ['--help'])
  expect(code).toBe(0)
  expect(output).toContain('IM_SECRET')
})

test('SIGTERM drains and exits with 0; messages and passes survive', async () => {
  const gateway = await spawnGateway()
  const token = await gateway.pass({ sub: 'c1' })
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token })
  await wireClient.command('send', { to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'hello' } })
  const ended = gateway.stop()
  expect(await wireClient.push('byePush')).toMatchObject({ code: 'draining', reconnect: true })
  expect(await ended).toBe(0)
  const again = await spawnGateway({ DATA_DIR: gateway.dataDir })
  const back = await new WireClient(again.url, 'engine.io polling').open()
  const welcome = await back.hello({ token, to: 'shop:1' })
  expect(welcome.resumed[0]?.head.seq).toBe(1)
  expect((await back.push('messagePush')).id).toBe('m1')
  await again.stop()
})

test('acknowledged messages are there after kill -9', async () => {
  const gateway = await spawnGateway()
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass({ sub: 'c1' }) })
  const acknowledged = await Promise.all(
    Array.from({ length: 200 }, (_, n) => wireClient.command('send', { to: 'shop:1', id: `m${n}`, kind: 'text', body: { text: `${n}` } })),
  )
  await gateway.kill()
  const again = await spawnGateway({ DATA_DIR: gateway.dataDir })
  const back = await new WireClient(again.url, 'ws').open()
  await back.hello({ token: await again.pass({ sub: 'c1' }) })
  const { head } = await back.command('history', { to: 'shop:1' })
  expect(head.seq).toBe(acknowledged.length)
  await again.stop()
})

test('an unhandled rejection is logged with its stack, and the process and all sessions go on', async () => {
  const bug = 'process.on("SIGUSR2", function injected() { void Promise.reject(new Error("nobody waits for this")) })'
  const gateway = await spawnGateway({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bug)}` })
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass({ sub: 'c1' }) })
  const figures = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text()
  for (const count of [1, 2]) {
    gateway.process.kill('SIGUSR2')
    await expect.poll(figures).toContain(`im_bugs_total{where="process"} ${count}`)
  }
  // one place is in the log once a minute, however often it fails
  expect(gateway.output().split('Error: nobody waits for this').length - 1).toBe(1)
  expect(gateway.output()).toMatch(/at process\.injected/)
  expect(gateway.output()).toContain('"where":"process"')
  expect(await wireClient.command('send', { to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'still here' } })).toMatchObject({ seq: 1 })
  expect(await gateway.stop()).toBe(0)
})
