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
    assignment: load('assignment'),
    advance: loadTelling('advance', [publish]),
    tell: loadTelling('tell', [publish]),
    route: load('route'),
    read: load('read'),
    rows: script('rows', read('row') + read('rows'), []),
    list: script('list', read('row') + read('list'), []),
    forget: load('forget'),
    replace: load('replace'),
    touch: load('touch'),
    repair: load('repair'),
    items: load('items'),
    put: load('put'),
    keep: load('keep', [String(keepMs)]),
    image: load('image'),
    probe: load('probe'),
  }
}

const load = (name: string, head: readonly string[] = []): Script => script(name, read(name), head)

/** A script that publishes. */
const loadTelling = (name: string, head: readonly string[]): Script => script(name, read('inbox') + read(name), head)

const read = (name: string): string => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8')

const script = (name: string, source: string, head: readonly string[]): Script => ({
  name,
  source,
  sha: createHash('sha1').update(source).digest('hex'),
  head,
})
