/** The page of an adopter with Vite and strict TypeScript, from the packed package; those of other frameworks are in `npm run test:consumers`. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAndWrite } from '../consumers/open-and-write.ts'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { unpackWidget } from '../kit/unpack-widget.ts'

let folder: string
let browser: Browser
let gateway: SpawnedGateway

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'im-vite-'))
  cpSync('test/consumers/vite-ts', folder, { recursive: true })
  unpackWidget(folder)
  browser = await launchChromium()
  gateway = await spawnGateway({ ORIGINS: '*' })
})

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a strict page compiles, Vite builds it, and its message is confirmed and heard', async () => {
  const { stdout } = spawnSync('npx', ['tsc', '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
  await build({ root: folder, logLevel: 'error' })
  await openAndWrite(join(folder, 'dist'), browser, gateway.url)
})
