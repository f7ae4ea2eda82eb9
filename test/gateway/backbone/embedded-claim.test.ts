/** One folder, one gateway: whatever path leads to it, whatever was killed before, whatever starts at the same moment. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { bundled } from './bundled.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'im-chat-claim-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const script = bundled('claim-on-word')
const PAIRS = 12

interface Contender {
  readonly child: ChildProcess
  said(): Promise<string>
}

/** Ready to go for the folder, with a TMPDIR of its own as each container has. */
async function contender(dataDir: string, name: string): Promise<Contender> {
  const TMPDIR = join(root, name)
  mkdirSync(TMPDIR, { recursive: true })
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TMPDIR } })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async (): Promise<string> => (await lines.next()).value as string
  await said()
  return { child, said }
}

it.each([
  ['short', 'data'],
  ['too long for a socket', 'a'.repeat(150)],
])(
  'of two that start at once after a kill one gets the folder, the path is %s',
  async (_, name) => {
    const dataDir = join(root, name)
    for (let round = 0; round < PAIRS; round++) {
      const pair = await Promise.all(['one', 'other'].map((which) => contender(dataDir, which)))
      for (const { child } of pair) child.stdin!.write('go\n')
      const answers = await Promise.all(pair.map(({ said }) => said()))
      expect(answers.filter((answer) => answer === 'has it')).toHaveLength(1)
      expect(answers.find((answer) => answer !== 'has it')).toMatch(/in use by another gateway; stop it/)
      const gone = pair.map(({ child }) => once(child, 'exit'))
      for (const { child } of pair) child.kill('SIGKILL')
      await Promise.all(gone)
    }
  },
  30_000,
)

it('holds under another path to the folder, and ends with close', async () => {
  const dataDir = join(root, 'data')
  const first = await openEmbedded({ dataDir })
  symlinkSync(dataDir, join(root, 'same'))
  await expect(openEmbedded({ dataDir: join(root, 'same') })).rejects.toThrow(/in use/)
  await first.close()
  await first.close()
  await (await openEmbedded({ dataDir: join(root, 'same') })).close()
})
