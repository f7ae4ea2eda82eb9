import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Check, Outcome } from './check.ts'
import type { Typed } from './input-method-results.ts'

/** What one engine answered to all checks, or, as INPUT_METHODS, what came of the real input methods. */
export interface EngineResult {
  /** Hash of the sources of the build that was tested, see demo/build.mjs. */
  readonly build: string
  /** ISO day. */
  readonly day: string
  readonly outcomes: readonly Outcome[]
  readonly typed: readonly Typed[]
}

export const INPUT_METHODS = 'input-methods'

interface Stored extends Omit<EngineResult, 'outcomes'> {
  readonly outcomes: readonly (Omit<Outcome, 'check'> & { readonly check: string })[]
}

/** The hash of the build that a gateway serves now. */
export function currentBuild(root = '.'): string {
  const built = JSON.parse(readFileSync(path.join(root, 'dist/built.json'), 'utf8')) as Record<string, { readonly of: string }>
  return Object.values(built)
    .map(({ of }) => of)
    .join(' ')
}

const fileOf = (folder: string, engine: string): string => path.join(folder, `${engine}.json`)

export function storeResult(folder: string, engine: string, result: EngineResult): void {
  mkdirSync(folder, { recursive: true })
  const stored: Stored = { ...result, outcomes: result.outcomes.map((outcome) => ({ ...outcome, check: outcome.check.id })) }
  writeFileSync(fileOf(folder, engine), JSON.stringify(stored))
}

/**
 * The results of these engines in their order, and of the input methods if they were run with this build. Throws, and names them, where engines were
 * never run, or with another build or other checks.
 */
export function readResults(
  folder: string,
  engines: readonly string[],
  { build, checks }: { build: string; checks: readonly Check[] },
): readonly EngineResult[] {
  const found = engines.map((engine) => readResult(fileOf(folder, engine), checks))
  const due = engines.filter((_, at) => found[at]?.build !== build || found[at].outcomes.length !== checks.length)
  if (due.length > 0) throw new Error(`Not run with this build and all checks: ${due.join(' ')}`)
  const typed = readResult(fileOf(folder, INPUT_METHODS), checks)
  return [...(found as readonly EngineResult[]), ...(typed?.build === build ? [typed] : [])]
}

function readResult(file: string, checks: readonly Check[]): EngineResult | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // never run; the caller names it
    return undefined
  }
  const stored = JSON.parse(text) as Stored
  const outcomes = stored.outcomes.flatMap((outcome) => {
    const check = checks.find(({ id }) => id === outcome.check)
    return check ? [{ ...outcome, check }] : []
  })
  return { ...stored, outcomes }
}
