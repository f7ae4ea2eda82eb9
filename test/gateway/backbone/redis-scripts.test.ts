/** Needs no Redis: a script that is not where it is looked for would end every gateway on Redis at its start. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadScripts } from '../../../gateway/backbone/redis/scripts.ts'
import { REDIS_DEFAULTS } from '../../../gateway/backbone/redis/settings.ts'

test('each script is loaded from its file, and each file is a script, but for what several of them begin or end with', () => {
  const scripts = loadScripts({ url: 'redis://x', ...REDIS_DEFAULTS }, 'PUBLISH')
  const files = readdirSync(new URL('../../../gateway/backbone/redis/scripts/', import.meta.url))
  expect(
    Object.values(scripts)
      .map(({ name }) => `${name}.lua`)
      .toSorted(),
  ).toEqual(files.filter((file) => !['inbox.lua', 'row.lua', 'each.lua'].includes(file)).toSorted())
})
