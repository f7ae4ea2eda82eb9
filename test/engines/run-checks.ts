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

/** Runs the checks in one engine, one after the other, in one browser. Where nothing loads at all the rest does not apply, and says so. */
export async function runChecks(page: Page, checks: readonly Check[], options: RunOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const check of checks) {
    const world = { page, chat: new Chat(page, options.url), hasAnswers: options.hasAnswers }
    const isDead = outcomes[0]?.check.id === 'loads' && outcomes[0].result === 'failed'
    const outcome: Outcome = isDead
      ? { engine: page.engine, check, result: 'n/a', note: 'nothing loads', ms: 0 }
      : await runCheck(check, world, options)
    outcomes.push(outcome)
    options.onOutcome?.(outcome)
  }
  return outcomes
}

async function runCheck(check: Check, world: World, options: RunOptions): Promise<Outcome> {
  const { page } = world
  const from = Date.now()
  const done = (result: Outcome['result'], note: string): Outcome => ({ engine: page.engine, check, result, note, ms: Date.now() - from })
  const missing = check.needs?.filter((ability) => !page.can.has(ability)) ?? []
  if (missing.length > 0) return done('n/a', missing.map((ability) => page.cannot?.[ability] ?? `cannot ${ability}`).join(', '))
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
