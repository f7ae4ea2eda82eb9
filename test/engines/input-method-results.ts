import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface Typed {
  readonly browser: string
  readonly title: string
  readonly isRight: boolean
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string; readonly status: string }[]
  }[]
}

/** Runs input-method.test.ts, the only home of these checks, and says what came of it. */
export function typeWithInputMethods(): readonly Typed[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'im-typed-'))
  try {
    const file = path.join(folder, 'report.json')
    spawnSync('npx', ['vitest', 'run', '--project', 'long', 'test/engines/input-method.test.ts', '--reporter=json', `--outputFile=${file}`])
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    return report.testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => ({ browser: ancestorTitles[0] ?? '', title, isRight: status === 'passed' })),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
