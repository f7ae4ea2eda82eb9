import { execFileSync } from 'node:child_process'

/** Builds the gateway and the bundles, which system tests run as users do. */
export default function buildOnce(): void {
  if (process.env.IM_BUILT === String(process.pid)) return
  process.env.IM_BUILT = String(process.pid)
  execFileSync(process.execPath, ['demo/build.mjs'], { stdio: 'inherit' })
}
