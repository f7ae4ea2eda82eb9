import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import type { Message } from '../../protocol/model.ts'
import type { Backbone } from '../backbone.ts'
import { DamagedFolder, DataFolderError, claimFolder } from './folder.ts'
import { openEmbedded } from './embedded.ts'
import { ENVIRONMENTS, SALVAGING } from './check-folder.ts'
import { CHECKSUMS_FROM, FORMAT, openFiles, prepareEnvironment, type Files } from './files.ts'
import { isImageId } from './keys-on-disk.ts'
import { fingerprintOf, Wreck } from './wreck.ts'

/** What a salvage recovered. */
export interface Salvaged {
  readonly folder: string
  /** Where the damaged files are now. */
  readonly aside: string
  readonly problems: readonly string[]
  readonly messageCount: number
  readonly conversationCount: number
  readonly recordCount: number
  readonly imageCount: number
  /** Conversations that lack messages, as far as the files show. */
  readonly missing: readonly { readonly conversation: string; readonly count: number }[]
  /** Count of lost conversations of which not even the names are left. */
  readonly namelessCount: number
}

type Counts = Omit<Salvaged, 'folder' | 'aside'>

/** Written when everything is rebuilt: from then on the next start finishes an interrupted salvage instead of beginning again. Contains the counts. */
const COMPLETE = 'complete.json'
const COPIES = 'copies'
/** So many writes are under way at once. */
const CONCURRENT_WRITES = 1000

/**
 * Reads the intact entries of a damaged folder, writes them as new logs into its subfolder `salvaging`, and then replaces the damaged files,
 * which it moves to `damaged-<time>`. All of that happens inside the folder, because a mounted folder cannot be renamed.
 *
 * Messages keep their order and get new numbers without holes, under a new epoch. A client that still has the old log finds the last message
 * that both logs have, loads what is above it, and sends its own lost messages again.
 *
 * Resolves with undefined where the folder is intact, and leaves it alone. Rejects with `DataFolderError`. The next salvage continues one that
 * was killed.
 */
export async function salvage(dataDir: string): Promise<Salvaged | undefined> {
  const given = resolve(dataDir)
  requireFiles(given)
  if (await isWhole(given)) return undefined
  const claim = await claimFolder(given)
  try {
    const building = join(claim.path, SALVAGING)
    if (!existsSync(join(building, COMPLETE))) {
      rmSync(building, { recursive: true, force: true })
      await build(claim.path, building)
    }
    return putInPlace(claim.path, building)
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    throw notSalvaged(given, error)
  } finally {
    claim.release()
  }
}

function requireFiles(folder: string): void {
  try {
    const isThere = [...ENVIRONMENTS, SALVAGING].some((name) => statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined)
    if (!isThere) throw new DataFolderError(`There is nothing to salvage in ${folder}.`)
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    throw notSalvaged(folder, error)
  }
}

function notSalvaged(folder: string, error: unknown): DataFolderError {
  const { message, code } = error as NodeJS.ErrnoException
  const advice = code === 'ENOSPC' ? ' Make room for twice the size of the folder, and start the salvage again.' : ''
  return new DataFolderError(`The data folder ${folder} could not be salvaged: ${message}. The damaged files were not touched.${advice}`)
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    // opening reads every entry, and does not change a damaged folder
    await (await openEmbedded({ dataDir: folder })).close()
    return true
  } catch (error) {
    if (error instanceof DamagedFolder) return false
    throw error
  }
}

async function build(folder: string, building: string): Promise<void> {
  try {
    const stage = join(building, 'new')
    mkdirSync(stage, { recursive: true })
    prepareEnvironment(building, COPIES)
    const copies = open<Buffer, Buffer>(join(building, COPIES), { encoding: 'binary', keyEncoding: 'binary', noSync: true, eventTurnBatching: false })
    const found = await copyWhole(folder, { stage, copies }).finally(() => copies.close())
    writeWhole(join(building, COMPLETE), JSON.stringify({ aside: `damaged-${stampOf(new Date())}`, found }))
  } catch (error) {
    rmSync(building, { recursive: true, force: true })
    throw error
  }
}

async function copyWhole(folder: string, { stage, copies }: { stage: string; copies: RootDatabase<Buffer, Buffer> }): Promise<Counts> {
  const files = await openFiles(stage)
  const { wreck, imageCount } = await readAll(folder, { files, copies }).finally(() => files.close())
  if (imageCount + wreck.heads.size + wreck.records.size === 0) {
    throw new DataFolderError(
      `Nothing in ${folder} can be recovered, and nothing was changed. Restore it from a backup, or set DATA_DIR to another folder.`,
    )
  }
  const backbone = await openEmbedded({ dataDir: stage })
  const counts = await rewrite(wreck, copies, backbone).finally(() => backbone.close())
  return { ...counts, problems: wreck.problems, recordCount: wreck.records.size, imageCount, namelessCount: wreck.namelessCount }
}

const stampOf = (time: Date): string =>
  time
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:]/g, '')
    .replace('T', '-')

/** Writes pictures and records to the new folder, and messages to `copies`, which sorts them: a damaged file gives them in no order. */
async function readAll(
  folder: string,
  { files, copies }: { files: Files; copies: RootDatabase<Buffer, Buffer> },
): Promise<{ wreck: Wreck; imageCount: number }> {
  const images = new Set<string>()
  let sinceLook = 0
  const requireSpace = (): void => {
    if (sinceLook++ % 100 === 0) files.requireSpace()
  }
  const wreck = new Wreck(folder, {
    onMessage: (message, json, rank) => {
      requireSpace()
      copies.putSync(copyKey(message, json, rank), json)
    },
    onImage: (key, value) => {
      files.requireSpace()
      if (isImageId(key.toString('latin1'))) images.add(key.toString('latin1'))
      files.images.putSync(key, value)
    },
  })
  if (wreck.format !== undefined && wreck.format !== FORMAT && wreck.format !== CHECKSUMS_FROM) {
    throw new DataFolderError(
      `The data folder ${folder} is of format ${wreck.format}, and this build salvages format ${FORMAT}: use the build that wrote it.`,
    )
  }
  files.requireSpace()
  await files.main.batch(() => {
    for (const [key, { value }] of wreck.records) void files.records.put(Buffer.from(key), value)
  })
  return { wreck, imageCount: images.size }
}

/** conversation, 0, seq (u32), rank, fingerprint (u32): keys sort as the log does, and copies of one message share a key. */
function copyKey({ conversation, seq }: Message, json: Buffer, rank: number): Buffer {
  const end = Buffer.alloc(10)
  end.writeUInt32BE(seq, 1)
  end.writeUInt8(rank, 5)
  end.writeUInt32BE(fingerprintOf(json), 6)
  return Buffer.concat([Buffer.from(conversation), end])
}

/** Appends everything again, in the order of each log. Where two messages have one number, the links between messages decide. */
async function rewrite(
  wreck: Wreck,
  copies: RootDatabase<Buffer, Buffer>,
  { store }: Backbone,
): Promise<Pick<Salvaged, 'messageCount' | 'conversationCount' | 'missing'>> {
  let messageCount = 0
  let conversationCount = 0
  const missing: { conversation: string; count: number }[] = []
  let writes: Promise<unknown>[] = []
  const queued = async (one: Promise<unknown>): Promise<void> => {
    writes.push(one)
    if (writes.length < CONCURRENT_WRITES) return
    await Promise.all(writes)
    writes = []
  }
  for (const [conversation, head] of [...wreck.heads].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const seqs: number[] = []
    for (const { seq, epoch: _epoch, prev: _prev, ...message } of chain(copies, conversation, epochOf(wreck, copies, conversation))) {
      seqs.push(seq)
      await queued(store.append({ ...message, origin: '' }))
    }
    const place = (old: number): number => seqs.filter((seq) => seq <= old).length
    for (const [side, { delivered, read }] of wreck.cursors.get(conversation) ?? []) {
      await queued(store.advance({ conversation, side, delivered: place(delivered), read: place(read), origin: '' }))
    }
    const assignment = wreck.assignmentOf(conversation)
    if (assignment !== undefined) {
      const { text, phase, muted } = assignment
      await queued(store.setAssignment({ conversation, expect: '', text, phase, ...(muted === undefined ? undefined : { muted: [muted].flat() }) }))
    }
    messageCount += seqs.length
    if (seqs.length > 0) conversationCount++
    if (seqs.length < head) missing.push({ conversation, count: head - seqs.length })
  }
  await Promise.all(writes)
  return { messageCount, conversationCount, missing }
}

/** Of the log that the conversation has now: an erased one, or one of another folder, may be among the copies. */
function epochOf(wreck: Wreck, copies: RootDatabase<Buffer, Buffer>, conversation: string): string | undefined {
  const epoch = wreck.rows.get(conversation)?.row.epoch ?? (wreck.rows.has(conversation) ? wreck.epoch : undefined)
  const isErased = (one: string): boolean => wreck.erased.has(`${conversation} ${one}`)
  if (epoch !== undefined && !isErased(epoch)) return epoch
  let latest: Message | undefined
  for (const { value } of copies.getRange(rangeOf(conversation))) {
    const message = JSON.parse(value.toString()) as Message
    if (!isErased(message.epoch) && message.at >= (latest?.at ?? -Infinity)) latest = message
  }
  return latest?.epoch ?? ''
}

const rangeOf = (conversation: string): { start: Buffer; end: Buffer } => ({
  start: Buffer.concat([Buffer.from(conversation), Buffer.alloc(1)]),
  end: Buffer.concat([Buffer.from(conversation), Buffer.from([1])]),
})

/** One message for each number, ascending: of several candidates the one whose `prev` is the message before. */
function* chain(copies: RootDatabase<Buffer, Buffer>, conversation: string, epoch: string | undefined): Generator<Message> {
  const seen = new Set<string>()
  let last: Message | undefined
  let candidates: Message[] = []
  const chosen = function* (): Generator<Message> {
    const next = candidates.find(({ prev }) => prev === last?.id) ?? candidates[0]
    candidates = []
    if (next === undefined) return
    last = next
    const author = JSON.stringify([next.side, next.from, next.id])
    if (!seen.has(author)) yield next
    seen.add(author)
  }
  for (const { value } of copies.getRange(rangeOf(conversation))) {
    const message = JSON.parse(value.toString()) as Message
    if (epoch !== undefined && message.epoch !== epoch) continue
    if (candidates.length > 0 && candidates[0]!.seq !== message.seq) yield* chosen()
    candidates.push(message)
  }
  yield* chosen()
}

/** The process may be killed after any step; the next salvage continues there. */
function putInPlace(folder: string, building: string): Salvaged {
  const { aside: name, found } = JSON.parse(readFileSync(join(building, COMPLETE), 'utf8')) as { aside: string; found: Counts }
  const aside = join(folder, name)
  mkdirSync(aside, { recursive: true })
  for (const environment of ENVIRONMENTS) {
    const fresh = join(building, 'new', environment)
    if (!statSync(fresh, { throwIfNoEntry: false })?.isDirectory()) continue
    const place = join(folder, environment)
    if (existsSync(place)) renameSync(place, join(aside, environment))
    renameSync(fresh, place)
  }
  rmSync(building, { recursive: true })
  return { folder, aside, ...found }
}

/** The report that the operator reads. */
export function reportOf({ folder, aside, problems, missing, namelessCount, ...counts }: Salvaged): string {
  const { messageCount, conversationCount, recordCount, imageCount } = counts
  const lost = missing.reduce((sum, { count }) => sum + count, 0)
  return [
    `Salvaged into ${folder}: ${messageCount} messages of ${conversationCount} conversations, ${imageCount} pictures, ${recordCount} records.`,
    `The damaged files are in ${aside}; delete them when you no longer need them.`,
    ...problems.map((problem) => `  damaged  ${problem}`),
    lost === 0
      ? 'No message is known to be missing; lost pages may have contained newer ones.'
      : `At least ${lost} messages of ${missing.length} conversations are missing:`,
    ...missing.map(({ conversation, count }) => `  ${conversation}  ${count}`),
    ...(namelessCount === 0 ? [] : [`Of ${namelessCount} more conversations not even the names are left.`]),
  ].join('\n')
}

/** Writes a file under a temporary name and renames it when it is on the disk, so that nobody ever sees half of it. */
function writeWhole(path: string, text: string): void {
  const unnamed = `${path}.tmp`
  try {
    writeFileSync(unnamed, text, { flush: true, mode: 0o600 })
    renameSync(unnamed, path)
  } catch (error) {
    rmSync(unnamed, { force: true })
    throw error
  }
}
