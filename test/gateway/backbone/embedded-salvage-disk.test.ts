/**
 * A salvage on a disk that is full, read-only, somebody else's, or cannot be read: one sentence, every damaged file as it was, and the next
 * salvage, once the cause is gone, recovers everything. The disks are small file systems in memory, in a mount namespace of their own.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hasNamespaces, NAMESPACE } from '../../kit/small-disk.ts'
import { bundled } from './bundled.ts'
import { change, dataOf, EACH, makeSound, PAGE, scratchFolder, TALKS } from './damage.ts'

let root: string
let sound: string
let damaged: string
const script = bundled('salvage-folders')

beforeAll(async () => {
  root = scratchFolder('salvage-disk')
  damaged = join(root, 'damaged')
  sound = join(root, 'sound')
  await makeSound(sound)
  cpSync(sound, damaged, { recursive: true })
  change(dataOf(damaged, 'main'), (bytes) => bytes.fill(0, 0, PAGE))
  mkdirSync(join(root, 'disk'))
  chmodSync(root, 0o755)
  writeFileSync(join(root, 'bad-sectors.mjs'), BAD_SECTORS)
})
afterAll(() => rmSync(root, { recursive: true }))

/** Loaded before the salvage: the system cannot read the second half of the journal, as on a disk with bad sectors. */
const BAD_SECTORS = `
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  const readSync = fs.readSync
  let first
  fs.readSync = (file, bytes, offset, length, at) => {
    const path = fs.readlinkSync('/proc/self/fd/' + file)
    const bad = fs.fstatSync(file).size / 2
    if (path.endsWith('data/journal/data.mdb')) first ??= fs.fstatSync(file).ino
    if (first === fs.fstatSync(file).ino && at + length > bad)
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5, syscall: 'read' })
    return readSync(file, bytes, offset, length, at)
  }
  syncBuiltinESMExports()
`

interface Outcome {
  readonly name?: string
  readonly message?: string
  readonly salvaged?: { readonly messageCount: number }
}

/** Runs shell commands where `$disk` is an empty folder and `salvage` prints the outcome and the checksums of the damaged files. */
function run(commands: string): Outcome[] {
  const prelude = `
    set -e
    sums() { (cd "$folder" && find . -name data.mdb -not -path './salvaging/*' -exec cksum {} + | sort); }
    salvage() { before=$(sums); $as "$node" $hook "$script" "$folder"; after=$(sums); [ "$1" = changes ] || [ "$before" = "$after" ] || echo '{"name":"changed"}'; }
    folder=$disk/data`
  const env = { ...process.env, disk: join(root, 'disk'), damaged, sound, node: process.execPath, script, badSectors: join(root, 'bad-sectors.mjs') }
  const { stdout, stderr, status } = spawnSync('unshare', [NAMESPACE, 'sh', '-c', `${prelude}\n${commands}`], { env, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome)
}

const refused = (sentence: RegExp) => ({ name: 'DataFolderError', message: expect.stringMatching(sentence) })
const recovered = expect.objectContaining({ salvaged: expect.objectContaining({ messageCount: TALKS * EACH }) })

it.runIf(hasNamespaces)('a full disk: the damaged files stay, and with room again the next salvage recovers everything', () => {
  const outcomes = run(`
    mount -t tmpfs -o size=64m none "$disk"
    cp -r "$damaged" "$folder"
    head -c 64M /dev/zero > "$disk/ballast" 2>/dev/null || true
    salvage
    rm "$disk/ballast"
    salvage changes`)
  expect(outcomes).toEqual([expect.objectContaining(refused(/full|no space left/i)), recovered])
})

it.runIf(hasNamespaces)('a disk that fills up during the salvage', () => {
  const outcomes = run(`
    mount -t tmpfs -o size=64m none "$disk"
    cp -r "$damaged" "$folder"
    for free in 64 256 700 1500; do
      rm -f "$disk/ballast"
      head -c 64M /dev/zero > "$disk/ballast" 2>/dev/null || true
      truncate -s -$((free * 1024)) "$disk/ballast"
      salvage
    done
    rm "$disk/ballast"
    salvage changes`)
  expect(outcomes).toEqual([...Array.from({ length: 4 }, () => expect.objectContaining(refused(/full|no space left/i))), recovered])
})

it.runIf(hasNamespaces)('a read-only file system', () => {
  const outcomes = run(`
    mount -t tmpfs -o size=64m none "$disk"
    cp -r "$damaged" "$folder"
    mount -o remount,ro none "$disk"
    salvage
    mount -o remount,rw none "$disk"
    salvage changes`)
  expect(outcomes).toEqual([expect.objectContaining(refused(/read-only/i)), recovered])
})

/** Another user; where this one is root in a namespace alone there is none, and root without its powers takes its place. */
const WITHOUT_RIGHTS = process.getuid?.() === 0 ? 'setpriv --reuid 65534 --regid 65534 --clear-groups' : 'setpriv --bounding-set=-all --inh-caps=-all'

it.runIf(hasNamespaces)('a folder of somebody else', () => {
  const outcomes = run(`
    mount -t tmpfs -o size=64m none "$disk"
    cp -r "$damaged" "$folder"
    chmod -R a-w "$folder"
    as="${WITHOUT_RIGHTS}"
    salvage
    chmod 0 "$disk"
    salvage
    as=
    chmod 755 "$disk"
    chmod -R u+w "$folder"
    salvage changes`)
  expect(outcomes).toEqual([...Array.from({ length: 2 }, () => expect.objectContaining(refused(/permission denied/))), recovered])
})

it.runIf(hasNamespaces)('a page that the disk cannot read: the rest is recovered', () => {
  const [outcome] = run(`
    mount -t tmpfs -o size=64m none "$disk"
    cp -r "$sound" "$folder"
    hook="--import $badSectors"
    salvage changes`)
  expect(outcome).toMatchObject({ salvaged: { problems: expect.arrayContaining([expect.stringMatching(/^journal.*EIO/)]) } })
  expect(outcome!.salvaged!.messageCount).toBeGreaterThan((TALKS * EACH) / 2)
})
