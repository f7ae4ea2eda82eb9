/** Changes of assignments and what is written for them, on a real embedded store. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backbone } from '../../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import { answered, begun, closed, opened } from '../../../../gateway/domain/assignment/assignment-document.ts'
import { Assignments, assignableOf } from '../../../../gateway/domain/assignment/assignments.ts'
import { OpenIndex } from '../../../../gateway/domain/assignment/open-index.ts'

const NOW = 1_700_000_000_000
const CONVERSATION = 'shop:7~c1'
const ASSIGNABLE = assignableOf(CONVERSATION)!

let folder: string
let backbone: Backbone
let assignments: Assignments
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-assignments-'))
  backbone = await openEmbedded({ dataDir: folder })
  const { store, records, bus } = backbone
  const now = (): number => NOW
  assignments = new Assignments({ store, bus, index: new OpenIndex({ records, now, uptime: now }), now })
  await store.append({ conversation: CONVERSATION, id: 'm1', from: 'c1', side: 'c1', kind: 'text', body: { text: 'hi' }, at: NOW, origin: '' })
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true, force: true })
})

const entered = () => backbone.records.items('shop:7/open', NOW)

test("an answer leaves the shop's index as it is, because only the document changes; what changes the entry is written", async () => {
  await assignments.change(ASSIGNABLE, ({ document }) => begun(opened(document, { id: 'agent-1' }, NOW), NOW))
  const [entry] = await entered()
  expect(JSON.parse(entry!.value)).toEqual({ phase: 'open', since: NOW, agent: 'agent-1' })
  expect(await assignments.change(ASSIGNABLE, ({ document }) => answered(document))).toMatchObject({ isChanged: true })
  expect(await entered()).toEqual([entry])
  await assignments.change(ASSIGNABLE, ({ document }) => opened(document, { id: 'agent-2' }, NOW + 1))
  expect(JSON.parse((await entered())[0]!.value)).toMatchObject({ agent: 'agent-2' })
  await assignments.change(ASSIGNABLE, ({ document }) => closed(document, NOW + 2))
  expect(await entered()).toEqual([])
})

test('a node that has not read the index enters what it changes', async () => {
  await assignments.change(ASSIGNABLE, ({ document }) => begun(opened(document, { id: 'agent-1' }, NOW), NOW))
  await backbone.records.remove({ collection: 'shop:7/open', key: CONVERSATION, now: NOW })
  const { store, records, bus } = backbone
  const other = new Assignments({ store, bus, index: new OpenIndex({ records, now: () => NOW, uptime: () => NOW }), now: () => NOW })
  await other.change(ASSIGNABLE, ({ document }) => answered(document))
  expect(await entered()).toHaveLength(1)
})
