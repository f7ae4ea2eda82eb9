import { resolve } from 'node:path'
import type { Message } from '../../protocol/model.ts'
import type { MovedConversation, MovedImage, MovedRecord, MoveSource } from '../move.ts'
import { requireData } from './check-data.ts'
import { Conversations } from './conversations.ts'
import type { Conversation } from './conversation.ts'
import { openFiles, type Files } from './files.ts'
import { claimFolder } from './folder.ts'
import { isImageId } from './keys-on-disk.ts'
import { replay } from './replay.ts'

const PORTION_BYTES = 524_288
const NEWLINE = 0x0a

/** Opens a data folder for a move, as a start of a gateway does, and writes nothing. Rejects with `DataFolderError`. */
export async function openMoveSource(dataDir: string): Promise<MoveSource> {
  requireData(resolve(dataDir))
  const claim = await claimFolder(dataDir)
  try {
    const files = await openFiles(claim.path)
    const conversations = new Conversations(files)
    replay(files, conversations)
    return {
      conversations: () => allConversations(files, conversations),
      records: () => allRecords(files),
      images: () => allImages(files),
      close: async () => {
        await files.close()
        claim.release()
      },
    }
  } catch (error) {
    claim.release()
    throw error
  }
}

function* allConversations(files: Files, conversations: Conversations): Generator<MovedConversation> {
  for (const { key } of files.rows.getRange({})) {
    const conversation = conversations.get(key.toString())
    if (!isErased(conversation)) yield moved(conversations, conversation)
  }
  for (const conversation of conversations.pendingConversations) {
    if (conversation.number === 0 && !isErased(conversation)) yield moved(conversations, conversation)
  }
}

/** Its rows are still there, and a start would delete them. */
const isErased = ({ durable }: Conversation): boolean => durable.seq === 0 && durable.assignment === undefined

function moved(conversations: Conversations, conversation: Conversation): MovedConversation {
  const { at, cursors, names, assignment } = conversation.durable
  return {
    conversation: conversation.id,
    head: conversation.head,
    at,
    cursors,
    names,
    ...(assignment === undefined ? undefined : { assignment: { ...assignment, muted: [assignment.muted ?? []].flat() } }),
    portions: () => portions(conversations, conversation),
  }
}

function* portions(conversations: Conversations, conversation: Conversation): Generator<readonly Message[]> {
  const last = conversation.durable.seq
  for (let first = 1; first <= last;) {
    const { messages } = conversations.page(conversation, { first, last, bytes: PORTION_BYTES, isNewest: false })
    const newest = messages.at(-1)
    if (newest === undefined) return
    yield messages
    first = newest.seq + 1
  }
}

function* allRecords(files: Files): Generator<MovedRecord> {
  for (const { key, value } of files.records.getRange({})) {
    const [collection, name] = key.toString().split('\0') as [string, string]
    const stored = JSON.parse(value.toString()) as Pick<MovedRecord, 'value' | 'version' | 'expiresAt'>
    yield { collection, key: name, ...stored }
  }
}

function* allImages(files: Files): Generator<MovedImage> {
  for (const { key, value } of files.images.getRange({})) {
    const id = key.toString('latin1')
    if (!isImageId(id)) continue
    const end = files.images.get(Buffer.from(`waits ${id}`))
    const start = value.indexOf(NEWLINE) + 1
    yield {
      id,
      type: value.toString('latin1', 0, start - 1),
      // a copy: the value may be LMDB's own memory, which the next entry overwrites
      bytes: Buffer.from(value.subarray(start)),
      ...(end === undefined ? undefined : { expiresAt: Number(end) }),
    }
  }
}
