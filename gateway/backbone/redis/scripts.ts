import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RedisSettings } from './settings.ts'

/** A Lua file that processes many items in one call: ARGV is `head`, then the arguments of each item; the reply has one row per item. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
  readonly head: readonly string[]
}

export interface Scripts {
  readonly append: Script
  readonly assignment: Script
  readonly advance: Script
  readonly read: Script
  readonly touch: Script
  readonly repair: Script
  readonly items: Script
  readonly put: Script
  readonly remove: Script
  readonly keep: Script
  readonly image: Script
  readonly probe: Script
}

/** `listsColocated`: lists live on the same server as logs, so one append writes both. `publish`: the command for channels. */
export function loadScripts(
  settings: RedisSettings,
  { listsColocated, publish }: { listsColocated: boolean; publish: 'PUBLISH' | 'SPUBLISH' },
): Scripts {
  const { windowCount, keepCount, keepMs, unansweredMs } = settings
  return {
    append: load('append', [listsColocated ? '5' : '3', publish, String(windowCount), String(keepCount), String(keepMs), String(unansweredMs)]),
    assignment: load('assignment', []),
    advance: load('advance', [publish]),
    read: load('read', []),
    touch: load('touch', []),
    repair: load('repair', []),
    items: load('items', []),
    put: load('put', []),
    remove: load('remove', []),
    keep: load('keep', [String(keepMs)]),
    image: load('image', []),
    probe: load('probe', []),
  }
}

function load(name: string, head: readonly string[]): Script {
  const source = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8')
  return { name, source, sha: createHash('sha1').update(source).digest('hex'), head }
}
