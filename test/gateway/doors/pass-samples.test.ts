/** The samples of docs/passes.md sign passes with which people get in. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

const run = promisify(execFile)
const IM_SECRET = 'the secret of the samples in tests'

let folder: string
let gateway: StartedGateway
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-passes-'))
  gateway = await startGateway({ IM_SECRET })
})
afterAll(async () => {
  await gateway.stop()
  await rm(folder, { recursive: true, force: true })
})

const sampleOf = async (name: string): Promise<string> =>
  new RegExp(`<!-- pass: ${name} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(await readFile('docs/passes.md', 'utf8'))![1]!

test.each([
  ['node', 'pass.mjs', process.execPath],
  ['php', 'pass.php', 'php'],
  ['python', 'pass.py', 'python3'],
] as const)('%s', async (name, file, command) => {
  const script = join(folder, file)
  await writeFile(script, await sampleOf(name))
  const { stdout } = await run(command, [script], { env: { ...process.env, IM_SECRET } })
  const identities = []
  for (const token of stdout.trim().split('\n')) {
    const client = await new WireClient(gateway.url, 'ws').open()
    identities.push((await client.hello({ token })).identity)
    client.close()
  }
  expect(identities).toMatchObject([
    { id: '1001', role: 'customer', side: '1001', name: 'Ada' },
    { id: '7', role: 'agent', side: 'shop:42', name: 'Grace' },
  ])
})

test('the script of the README is the one for Node', async () => {
  expect(await readFile('README.md', 'utf8')).toContain(await sampleOf('node'))
})
