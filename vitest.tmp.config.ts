// @ts-nocheck
import config from './vitest.config.ts'
for (const p of config.test.projects) {
  delete p.test.globalSetup
  if (process.env.NOISO && p.test.name !== 'unit') p.test.isolate = false
}
export default config
