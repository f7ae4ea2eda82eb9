/**
 * `NODE_OPTIONS=--import=…/probe.mjs` for any Node process of the bench. SIGUSR2: collects all garbage. With PROFILE_DIR: writes a CPU profile there when
 * the process ends (NODE_OPTIONS does not allow `--cpu-prof`).
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

process.on('SIGUSR2', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  // what the first one finds dead keeps more that the second one finds
  collect()
  collect()
})

if (process.env.PROFILE_DIR) {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.start')
  process.on('exit', () =>
    session.post('Profiler.stop', (error, { profile }) => {
      if (error) throw error
      mkdirSync(process.env.PROFILE_DIR, { recursive: true })
      writeFileSync(join(process.env.PROFILE_DIR, `${process.pid}.cpuprofile`), JSON.stringify(profile))
    }),
  )
}
