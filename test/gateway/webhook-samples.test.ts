/** The samples of docs/webhooks.md accept what the gateway signs, and nothing else. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebhookUrl } from '../../gateway/backends/webhook-url.ts'

const run = promisify(execFile)
const SECRET = 'the-secret-of-the-webhooks-in-tests'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-samples-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the gateway sends, signed at `now`. */
async function sentAt(now: number, secrets: readonly string[] = [SECRET]): Promise<Request> {
  const arrived = new Promise<Request>((resolve) => {
    server.once('request', (request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        response.writeHead(204).end()
        resolve({ headers: request.headers as Record<string, string>, body })
      })
    })
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const target = new WebhookUrl({ url, events: undefined, secrets: secrets.map((text) => Buffer.from(text)), now: () => now, limitMs: 10_000 })
  expect(await target.send({ key: 'message e 1 c', type: 'message', at: 0, data: { conversation: 'shop:7~张三', text: 'ä' } })).toBeUndefined()
  return arrived
}

const server = createServer()
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const sampleOf = async (name: string): Promise<string> =>
  new RegExp(`<!-- verify: ${name} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(await readFile('docs/webhooks.md', 'utf8'))![1]!

/** Behind the sample: reads {headers, body, secret} from the file that is named, and prints yes or no. */
const CALLS = {
  node: `\nimport { readFileSync } from 'node:fs'\nconst { headers, body, secret } = JSON.parse(readFileSync(process.argv[2], 'utf8'))\nconsole.log(isGenuine(headers, Buffer.from(body), secret) ? 'yes' : 'no')\n`,
  php: `\n$given = json_decode(file_get_contents($argv[1]), true);\necho is_genuine($given['headers'], $given['body'], $given['secret']) ? 'yes' : 'no';\n`,
  python: `\nimport json, sys\ngiven = json.load(open(sys.argv[1], encoding='utf-8'))\nprint('yes' if is_genuine(given['headers'], given['body'].encode(), given['secret'].encode()) else 'no')\n`,
}
const commandOf = (name: keyof typeof CALLS, script: string, file: string) =>
  name === 'node' ? run(process.execPath, [script, file]) : name === 'php' ? run('php', [script, file]) : run('python3', [script, file])

test.each([
  ['node', 'mjs'],
  ['php', 'php'],
  ['python', 'py'],
] as const)('the sample for %s', async (name, extension) => {
  const script = join(folder, `verify.${extension}`)
  await writeFile(script, (await sampleOf(name)) + CALLS[name])
  const file = join(folder, `${name}.json`)
  const verdict = async ({ headers, body }: Request, secret = SECRET): Promise<string> => {
    await writeFile(file, JSON.stringify({ headers, body, secret }))
    return (await commandOf(name, script, file)).stdout.trim()
  }
  const genuine = await sentAt(Date.now())
  expect(await verdict(genuine)).toBe('yes')
  expect(await verdict({ ...genuine, body: genuine.body.replace('ä', 'a') })).toBe('no')
  expect(await verdict({ ...genuine, headers: { ...genuine.headers, 'webhook-id': 'evt_other' } })).toBe('no')
  expect(await verdict({ ...genuine, headers: {} })).toBe('no')
  expect(await verdict(genuine, 'the-secret-of-somebody-else-entirely')).toBe('no')
  expect(await verdict(await sentAt(Date.now() - 600_000))).toBe('no')
  const changing = await sentAt(Date.now(), ['the-new-secret-of-the-webhooks-in-tests', SECRET])
  expect([await verdict(changing), await verdict(changing, 'the-new-secret-of-the-webhooks-in-tests')]).toEqual(['yes', 'yes'])
})
