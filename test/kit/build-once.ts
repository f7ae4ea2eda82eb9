import { execFileSync } from 'node:child_process'

/** System tests run what a user runs: the built gateway and the built bundles. */
export default function buildOnce(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
}
