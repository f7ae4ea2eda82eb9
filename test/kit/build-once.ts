import { execFileSync } from 'node:child_process'

/** Builds the gateway and the bundles, which system tests run as users do, and the rest of what is published. */
export default function buildOnce(): void {
  if (process.env.IM_BUILT === String(process.pid)) return
  process.env.IM_BUILT = String(process.pid)
  const run = (...args: readonly string[]): unknown => execFileSync(process.execPath, args, { stdio: 'inherit' })
  run('demo/build.mjs')
  // `npm run check` has checked the types
  execFileSync('npx', ['tsc', '-p', 'tsconfig.types.json', '--noCheck'], { stdio: 'inherit' })
  run('--import', './test/kit/typescript.mjs', 'widget/reference/write.ts', '--editors')
}
