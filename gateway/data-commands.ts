/** The commands on stored data: each opens what it needs, does its work while no gateway (or, for `backup`, another process) has it, and says what came of it. */
import { DataError } from './backbone/data-error.ts'
import type { DataReport } from './backbone/data-report.ts'
import { backup, restore } from './backbone/embedded/backup.ts'
import { checkData } from './backbone/embedded/check-data.ts'
import { openMoveSource } from './backbone/embedded/move-source.ts'
import { move, said } from './backbone/move.ts'
import { RedisReading } from './backbone/redis/check-data.ts'
import { connectDirectly } from './backbone/redis/direct.ts'
import { RedisMoveTarget } from './backbone/redis/move-target.ts'
import { loadScripts } from './backbone/redis/scripts.ts'
import { REDIS_DEFAULTS } from './backbone/redis/settings.ts'
import { SettingError, type Config } from './config.ts'

export const DATA_COMMANDS = ['check', 'backup', 'restore', 'move'] as const
export type DataCommand = (typeof DATA_COMMANDS)[number]

export const isDataCommand = (text: string): text is DataCommand => (DATA_COMMANDS as readonly string[]).includes(text)

export interface DataCommandOptions {
  /** What follows the command. */
  readonly given: readonly string[]
  readonly config: Config
  readonly say: (line: string) => void
}

/** Resolves with whether the data are sound. Rejects with `DataFolderError`, `DataError` or `SettingError` where nothing was done. */
export async function runDataCommand(command: DataCommand, options: DataCommandOptions): Promise<boolean> {
  switch (command) {
    case 'check':
      return check(options)
    case 'backup':
      return makeBackup(options)
    case 'restore':
      return restoreBackup(options)
    case 'move':
      return moveToRedis(options)
  }
}

async function check({ given: [folder], config: { DATA_DIR, REDIS_URL }, say }: DataCommandOptions): Promise<boolean> {
  if (folder === undefined && REDIS_URL !== undefined) return told('The data in Redis', await readRedis(REDIS_URL), say)
  const place = folder ?? DATA_DIR
  return told(`The data folder ${place}`, await checkData(place), say)
}

async function readRedis(url: string): Promise<DataReport> {
  const servers = await connect(url)
  const scripts = loadScripts({ url, ...REDIS_DEFAULTS }, 'PUBLISH')
  return new RedisReading({ servers, scripts, now: Date.now() }).run().finally(() => servers.close())
}

const connect = (url: string) =>
  connectDirectly(url).catch((error: Error) => {
    throw error instanceof DataError ? error : new SettingError(error.message)
  })

function told(what: string, report: DataReport, say: (line: string) => void): boolean {
  const { faults, faultCount } = report
  say(faultCount === 0 ? `${what} is sound.`.replace('data in Redis is', 'data in Redis are') : `${what}: ${faultCount} faults.`)
  for (const fault of faults) say(`  CHANGE  ${fault}`)
  if (faultCount > faults.length) say(`  and ${faultCount - faults.length} more`)
  sayContent(report, say)
  if (faultCount > 0) say('Restore a backup; for a folder, `--salvage` rebuilds it from what can be read.')
  return faultCount === 0
}

function sayContent(
  { format, conversationCount, messageCount, imageCount, recordCount, bytes, lastAt }: DataReport,
  say: (line: string) => void,
): void {
  say(`  conversations  ${conversationCount}`)
  say(`  messages       ${messageCount}`)
  say(`  pictures       ${imageCount}`)
  say(`  records        ${recordCount}`)
  say(`  size           ${(bytes / 1_000_000).toFixed(1)} MB, format ${format}`)
  say(`  last message   ${lastAt === undefined ? 'none' : new Date(lastAt).toISOString()}`)
}

async function makeBackup({ given: [to], config: { DATA_DIR, REDIS_URL }, say }: DataCommandOptions): Promise<boolean> {
  if (to === undefined) throw new SettingError('Say where to: `backup <new folder>`.')
  if (REDIS_URL !== undefined) throw new SettingError('With REDIS_URL the data are in Redis, which makes backups itself: docs/redis.md.')
  const report = await backup(DATA_DIR, to)
  say(`Copied ${DATA_DIR} to ${to}, and checked the copy.`)
  sayContent(report, say)
  return true
}

async function restoreBackup({ given: [from, to], config: { DATA_DIR, REDIS_URL }, say }: DataCommandOptions): Promise<boolean> {
  if (from === undefined) throw new SettingError('Say what: `restore <backup> [data folder]`.')
  if (to === undefined && REDIS_URL !== undefined)
    throw new SettingError('With REDIS_URL the data are in Redis: restore into a folder (`restore <backup> <folder>`), then `move` it.')
  const place = to ?? DATA_DIR
  const report = await restore(from, place)
  say(
    `Restored ${from} into ${place}, and checked it. Clients load their conversations again, and send those of their own messages that are missing.`,
  )
  sayContent(report, say)
  return true
}

/** Between two lines of progress. */
const PROGRESS_MS = 2000

async function moveToRedis({ given: [folder], config, say }: DataCommandOptions): Promise<boolean> {
  const { DATA_DIR, REDIS_URL, KEEP_DAYS } = config
  if (REDIS_URL === undefined) throw new SettingError('Set REDIS_URL to the empty Redis into which everything is to move.')
  const place = folder ?? DATA_DIR
  const source = await openMoveSource(place)
  try {
    const servers = await connect(REDIS_URL)
    const scripts = loadScripts({ url: REDIS_URL, ...REDIS_DEFAULTS }, 'PUBLISH')
    const target = new RedisMoveTarget({ servers, scripts, now: Date.now(), keepMs: KEEP_DAYS * 86_400_000 })
    let toldAt = performance.now()
    const progress = (counts: Parameters<typeof said>[0]): void => {
      if (performance.now() - toldAt < PROGRESS_MS) return
      toldAt = performance.now()
      say(`… ${said(counts)}`)
    }
    const counts = await move(source, target, { now: Date.now(), progress }).finally(() => target.close())
    say(`Moved ${said(counts)}: the same on both sides.`)
    say(
      `Start the gateways with REDIS_URL, and none on ${place} any more: it would begin a second history there. Delete that folder only when all is well.`,
    )
    return true
  } catch (error) {
    throw redisFailed(error)
  } finally {
    await source.close()
  }
}

/** Anything that Redis says in the middle: a lost connection, no memory. */
function redisFailed(error: unknown): unknown {
  const { name, message } = error as Error
  const isRedis =
    ['ReplyError', 'MaxRetriesPerRequestError', 'AbortError'].includes(name) ||
    /^(Connection is closed|Command timed out|read ECONN|connect E)/.test(message)
  if (!isRedis) return error
  return new DataError(
    `Redis failed: ${message}. The folder was not changed, and no gateway takes what is in Redis by now. Put that right, and start the move again: it begins anew.`,
  )
}
