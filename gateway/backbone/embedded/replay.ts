import { decodePacket } from '../../protocol/packet.ts'
import type { Message } from '../../protocol/model.ts'
import { messageJson } from '../../protocol/packets.ts'
import type { PushData } from '../../protocol/pushes.ts'
import { authorOf } from './conversation.ts'
import type { Conversations } from './conversations.ts'
import { DamagedFolder } from './folder.ts'
import type { Files } from './files.ts'
import { batchKey, batchOf, idHash } from './keys-on-disk.ts'
import { lines } from './log-rows.ts'
import type { JournalledAssignment } from './assignment-write.ts'
import { BLANK } from './blank-write.ts'
import { JournalledErasures, type LinePlace } from './journalled-erasures.ts'

/** Reads into memory what the journal has and `main` lacks. Returns the journal's oldest and newest batch; throws `DamagedFolder`. */
export function replay(files: Files, conversations: Conversations): { oldest: number; newest: number } {
  const erasures = readErasures(files)
  let oldest = 0
  let newest = 0
  for (const { key, value } of files.journal.getRange({ start: batchKey(1) })) {
    const batch = batchOf(key)
    if (oldest === 0) oldest = batch
    newest = batch
    let index = 0
    for (const line of lines(value)) apply(conversations, Buffer.from(line), { batch, index: index++, erasures })
  }
  for (const conversation of conversations.pendingConversations) conversation.upcoming = conversation.durable.copy()
  if (newest < files.checkpointed) throw damaged(files.checkpointed)
  return { oldest: Math.max(oldest, 1), newest }
}

function readErasures(files: Files): JournalledErasures {
  const erasures = new JournalledErasures()
  for (const { key, value } of files.journal.getRange({ start: batchKey(1) })) {
    const batch = batchOf(key)
    let index = 0
    for (const line of lines(value)) erasures.read(line, { batch, index: index++ })
  }
  return erasures
}

function apply(conversations: Conversations, line: Buffer, place: LinePlace & { readonly erasures: JournalledErasures }): void {
  const { batch, erasures } = place
  const packet = decodePacket(line.toString())
  if (packet.type !== 'event') throw damaged(batch)
  if (packet.name === BLANK) return
  const { conversation: of } = packet.args[0] as { readonly conversation: string }
  if (erasures.isErased(of, place)) return
  if (packet.name === 'erased') {
    const conversation = conversations.get(of)
    // `main` may be ahead: it has deleted the log, and has the next one
    const isAhead = conversation.number > 0 && !erasures.hasEpoch(of, conversation.epoch)
    if (!isAhead) conversation.erase()
    conversation.pendingBytes += line.length
    conversations.touch(conversation, batch)
    return
  }
  if (packet.name === 'cursorPush') {
    const { conversation: id, participant, delivered, read } = packet.args[0] as PushData<'cursorPush'>
    const conversation = conversations.get(id)
    const moved = conversation.durable.moved(participant, delivered, read)
    if (moved !== undefined) conversation.durable.place(participant, moved.delivered, moved.read)
    conversation.pendingBytes += line.length
    conversations.touch(conversation, batch)
    return
  }
  if (packet.name === 'service') {
    const { conversation: id, service } = packet.args[0] as JournalledAssignment
    const conversation = conversations.get(id)
    conversation.beginUnlessBegun()
    conversation.durable.assignment = service
    conversation.pendingBytes += line.length
    conversations.touch(conversation, batch)
    return
  }
  const message = packet.args[0] as Message
  const conversation = conversations.get(message.conversation)
  if (packet.name === 'replaced') {
    conversation.replace(message.seq, Buffer.from(messageJson(message)))
    conversation.pendingBytes += line.length
    conversations.touch(conversation, batch)
    return
  }
  if (message.seq <= conversation.durable.seq) return
  if (conversation.durable.seq === 0) conversation.begin(message.epoch)
  if (message.seq !== conversation.durable.seq + 1) throw damaged(batch)
  conversation.durable.append(message)
  conversation.note(message, idHash(authorOf(message), message.id))
  conversation.settle({ batch: line, start: 0, end: line.length })
  conversation.pendingBytes += line.length
  conversations.touch(conversation, batch)
}

const damaged = (batch: number): DamagedFolder =>
  new DamagedFolder(
    `The data folder is damaged: batch ${batch} of its journal does not follow from the rest. Restore the whole folder from one backup, ` +
      'or start once with --salvage: it rebuilds the folder from what can be read, and keeps the damaged files.',
  )
