import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Chat } from './chat.ts'
import { NotApplicable, type Check, type Outcome, type World } from './check.ts'
import { BrowserGone, type Page } from './page.ts'

export interface RunOptions {
  /** Address of the QA page. */
  readonly url: string
  readonly hasAnswers: boolean
  /** Where screenshots go: of every failure, and with `everyShot` of every check. */
  readonly shots?: string
  readonly everyShot?: boolean
  readonly onOutcome?: (outcome: Outcome) => void
  /** How long a check may take, ms; default three minutes, as a device behind a hub is slow. */
  readonly mostMs?: number
}

const MOST_MS = 180_000
const HANGS = 'did not end in time; the browser hangs'
/** The note of a check that was not run, because the browser had died. */
export const NO_ANSWER = 'the browser answers no more'

/** Runs the checks in one engine, one after the other, in one browser. Where nothing loads at all the rest does not apply, and says so. */
export async function runChecks(page: Page, checks: readonly Check[], options: RunOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let isSilent = false
  for (const check of checks) {
    const world = { page, chat: new Chat(page, options.url), hasAnswers: options.hasAnswers }
    const isDead = outcomes[0]?.check.id === 'loads' && outcomes[0].result === 'failed'
    const why = isDead ? 'nothing loads' : isSilent ? NO_ANSWER : undefined
    const outcome: Outcome =
      why === undefined ? await runCheck(check, world, options) : { engine: page.engine, check, result: 'n/a', note: why, ms: 0 }
    isSilent ||= outcome.isFatal === true
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
    const note = (await within(options.mostMs ?? MOST_MS, check.run(world))) ?? ''
    const shot = options.everyShot ? await shoot(world, check, options) : undefined
    return { ...done('ok', note), ...(shot && { screenshot: shot }) }
  } catch (error) {
    if (error instanceof NotApplicable) return done('n/a', error.message)
    const failed = done('failed', error instanceof Error ? error.message : String(error))
    if (error instanceof BrowserGone) return { ...failed, isFatal: true }
    const shot = await shoot(world, check, options)
    return { ...failed, ...(shot && { screenshot: shot }) }
  }
}

/** Every check waits for answers of the browser, and a page that hangs gives none: one engine must not hold up all others. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BrowserGone(HANGS)), ms)
  })
  return Promise.race([work, tooLong]).finally(() => clearTimeout(timer))
}

async function shoot({ page }: World, { id }: Check, { shots }: RunOptions): Promise<string | undefined> {
  if (!shots) return undefined
  const file = path.join(shots, `${page.engine.replace(/[^\w.]+/g, '-')}-${id}.png`)
  return page.screenshot().then(
    (png) => (writeFileSync(file, png), file),
    () => undefined,
  )
}
