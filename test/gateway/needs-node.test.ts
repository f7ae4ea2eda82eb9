import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeProblem } from '../../gateway/needs-node.mjs'

test.each(['v18.20.8', 'v20.18.3', 'v20.0.0', 'v19.9.0', 'v8.17.0', 'v14.21.3'])('%s is too old, in a sentence', (version) => {
  expect(nodeProblem(version)).toBe(`im-chat needs Node 20.19 or newer; this is ${version.slice(1)}.`)
})

test.each(['v20.19.0', 'v20.20.1', 'v21.0.0', 'v22.12.0', 'v100.0.0', 'v24.0.0-nightly20250101'])('%s will do', (version) => {
  expect(nodeProblem(version)).toBeUndefined()
})

test('the check and package.json name the same version', () => {
  expect((JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }).engines.node).toBe('>=20.19')
})

/** The real file in the real order, on a Node that says it is an older one. */
test('the check runs before anything is imported that the old Node could not read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'im-chat-node-'))
  try {
    writeFileSync(join(folder, 'older.mjs'), 'Object.defineProperty(process, "version", { value: "v18.20.8" })')
    const main = execFileSync('npx', ['esbuild', '--format=esm', '--loader=ts'], { input: readFileSync('gateway/main.ts'), encoding: 'utf8' })
    writeFileSync(join(folder, 'main.mjs'), main)
    writeFileSync(join(folder, 'needs-node.mjs'), readFileSync('gateway/needs-node.mjs'))
    writeFileSync(join(folder, 'run.ts'), 'this is a syntax error')
    const { status, stderr } = spawnSync(process.execPath, ['--import', join(folder, 'older.mjs'), join(folder, 'main.mjs')], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'im-chat needs Node 20.19 or newer; this is 18.20.8.\n' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each(['start', 'dev'])('`npm run %s` looks at the Node before anything else is read', (name) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const [, file] = /^(?:exec )?node (demo\/[\w-]+\.mjs)$/.exec(scripts[name]!)!
  expect(/^import .*$/m.exec(readFileSync(file!, 'utf8'))?.[0]).toBe("import '../gateway/needs-node.mjs'")
})
