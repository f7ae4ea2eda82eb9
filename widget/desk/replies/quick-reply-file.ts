import { isBlank } from '../../client/is-blank.ts'
import type { QuickReply } from '../../../gateway/protocol/model.ts'
import { plainJson } from '../../client/plain-json.ts'

const FILE_BYTES = 1_000_000
const FILE_COUNT = 500
const TITLE_LENGTH = 80
const TEXT_LENGTH = 2000

export type FileFault =
  | { readonly fault: 'tooLarge' | 'notJson' | 'noList' | 'empty' }
  | { readonly fault: 'tooMany' | 'badEntry'; readonly n: number }

export type ReadFile = { readonly quickReplies: readonly QuickReply[] } | FileFault

/** Quick replies as a file that `readQuickReplies` takes back; ids stay, so that a second import changes and does not double. */
export function writeQuickReplies(quickReplies: readonly QuickReply[]): string {
  const plain = quickReplies.map(({ folder, id, scope, text, title }) => ({ id, scope, ...(folder ? { folder } : {}), title, text }))
  return `${plainJson(() => JSON.stringify({ quickReplies: plain }, undefined, 2))}\n`
}

/** Checks the size before anybody reads the file. */
export const isTooLarge = (bytes: number): boolean => bytes > FILE_BYTES

/**
 * A file of quick replies: a list, or an object with one. All or nothing: the error gives the number of the first entry
 * that is no quick reply. An entry without an id gets one from `newId`; without a scope it is the agent's own.
 */
export function readQuickReplies(text: string, newId: () => string): ReadFile {
  if (isTooLarge(text.length)) return { fault: 'tooLarge' }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return { fault: 'notJson' }
  }
  const list = Array.isArray(content) ? (content as unknown[]) : (content as { quickReplies?: unknown } | null)?.quickReplies
  if (!Array.isArray(list)) return { fault: 'noList' }
  if (list.length === 0) return { fault: 'empty' }
  if (list.length > FILE_COUNT) return { fault: 'tooMany', n: FILE_COUNT }
  const quickReplies: QuickReply[] = []
  for (const entry of list as unknown[]) {
    const reply = quickReplyOf(entry, newId)
    if (!reply) return { fault: 'badEntry', n: quickReplies.length + 1 }
    quickReplies.push(reply)
  }
  return { quickReplies }
}

function quickReplyOf(entry: unknown, newId: () => string): QuickReply | undefined {
  const { folder, id, scope, text, title } = (entry ?? {}) as Readonly<Record<string, unknown>>
  const isText = (value: unknown, length: number): value is string => typeof value === 'string' && !isBlank(value) && value.length <= length
  if (!isText(title, TITLE_LENGTH) || !isText(text, TEXT_LENGTH)) return undefined
  if (folder !== undefined && typeof folder !== 'string') return undefined
  if (folder !== undefined && folder.length > TITLE_LENGTH) return undefined
  return {
    id: isText(id, 64) ? id : newId(),
    scope: scope === 'shop' ? 'shop' : 'own',
    ...(folder?.trim() ? { folder: folder.trim() } : {}),
    title: title.trim(),
    text,
  }
}
