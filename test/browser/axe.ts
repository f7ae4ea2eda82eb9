import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[] }[]
}

/** What axe finds wrong with the page as it stands; the page must have been opened with `bypassCSP`. */
export async function axeComplaints(page: Page): Promise<string[]> {
  // colours of a panel that is still appearing are not the ones that stay
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run())
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${String(target)} ${failureSummary}`).join(' | ')}`)
}
