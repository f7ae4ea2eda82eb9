import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeAppends } from './append-call.ts'
import type { Script } from './op.ts'
import type { RedisSettings } from './settings.ts'

export type Scripts = ReturnType<typeof loadScripts>

/** `publish`: the command for channels. */
export function loadScripts(settings: RedisSettings, publish: 'PUBLISH' | 'SPUBLISH') {
  const { windowCount, keepMs } = settings
  return {
    append: { ...loadTelling('append', [String(windowCount), publish]), write: writeAppends },
    assignment: loadEach('assignment', 2),
    advance: loadTelling('advance', [publish]),
    tell: loadTelling('tell', [publish]),
    route: loadEach('route', 1, [], '#!lua flags=allow-oom\n'),
    read: loadEach('read', 3),
    rows: script('rows', read('row') + read('rows'), []),
    list: script('list', read('row') + read('list'), []),
    forget: loadEach('forget', 1),
    replace: loadEach('replace', 2),
    touch: loadEach('touch', 1),
    repair: loadEach('repair', 1),
    items: loadEach('items', 1),
    put: loadEach('put', 1),
    keep: loadEach('keep', 1, [String(keepMs)]),
    image: loadEach('image', 1),
    probe: script('probe', read('probe'), []),
  }
}

/** A script that does the same for each item. `keysCount`: of one item. `shebang`: what Redis is to allow it. */
const loadEach = (name: string, keysCount: number, head: readonly string[] = [], shebang = ''): Script =>
  script(name, `${shebang}local KEYS_EACH, ARGS_BEFORE = ${keysCount}, ${head.length}\n` + read(name) + read('each'), head)

/** A script that publishes. */
const loadTelling = (name: string, head: readonly string[]): Script => script(name, read('inbox') + read(name), head)

const read = (name: string): string => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8')

const script = (name: string, source: string, head: readonly string[]): Script => ({
  name,
  source,
  sha: createHash('sha1').update(source).digest('hex'),
  head,
})
