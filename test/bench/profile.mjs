/** `NODE_OPTIONS=--import=…/profile.mjs PROFILE_DIR=…` profiles any Node process (NODE_OPTIONS does not allow `--cpu-prof`). */
import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'

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
