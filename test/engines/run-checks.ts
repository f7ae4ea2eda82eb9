import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Chat } from './chat.ts'
import { NotApplicable, type Check, type Outcome, type World } from './check.ts'
import type { Page } from './page.ts'

export interface RunOptions {
  /** Address of the QA page. */
  readonly url: string
  readonly hasAnswers: boolean
  /** Where screenshots go: of every failure, and with `everyShot` of every check. */
  readonly shots?: string
  readonly everyShot?: boolean
  readonly onOutcome?: (outcome: Outcome) => void
}

/** Runs the checks in one engine, one after the other, in one browser. A failure stops the rest only where nothing loads at all. */
export async function runChecks(page: Page, checks: readonly Check[], options: RunOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const check of checks) {
    const world = { page, chat: new Chat(page, options.url), hasAnswers: options.hasAnswers }
    const outcome = await runCheck(check, world, options)
    outcomes.push(outcome)
    options.onOutcome?.(outcome)
    if (check.id === 'loads' && outcome.result === 'failed') break
  }
  return outcomes
}

async function runCheck(check: Check, world: World, options: RunOptions): Promise<Outcome> {
  const { page } = world
  const from = Date.now()
  const done = (result: Outcome['result'], note: string): Outcome => ({ engine: page.engine, check, result, note, ms: Date.now() - from })
  const missing = check.needs?.filter((ability) => !page.can.has(ability)) ?? []
  if (missing.length > 0) return done('n/a', `cannot ${missing.join(', ')}`)
  try {
    const note = (await check.run(world)) ?? ''
    const shot = options.everyShot ? await shoot(world, check, options) : undefined
    return { ...done('ok', note), ...(shot && { screenshot: shot }) }
  } catch (error) {
    if (error instanceof NotApplicable) return done('n/a', error.message)
    const shot = await shoot(world, check, options)
    return { ...done('failed', error instanceof Error ? error.message : String(error)), ...(shot && { screenshot: shot }) }
  }
}

async function shoot({ page }: World, { id }: Check, { shots }: RunOptions): Promise<string | undefined> {
  if (!shots) return undefined
  const file = path.join(shots, `${page.engine.replace(/[^\w.]+/g, '-')}-${id}.png`)
  return page.screenshot().then(
    (png) => (writeFileSync(file, png), file),
    () => undefined,
  )
}
