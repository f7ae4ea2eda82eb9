import { execFileSync } from 'node:child_process'

/** System tests run what a user runs: the built gateway and the built bundles. */
export default function buildOnce(): void {
  if (process.env.IM_BUILT === String(process.pid)) return
  process.env.IM_BUILT = String(process.pid)
  execFileSync(process.execPath, ['demo/build.mjs'], { stdio: 'inherit' })
}
