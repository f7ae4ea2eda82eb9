/**
 * Random writes and erasures, at once in several conversations, beside scrubs, restarts and checkpoints of all sizes, against a model in memory. What was
 * erased before a scrub is in no file after it, and in none after all that is written later: LMDB writes again what is left in its own memory.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { checkData } from '../../../gateway/backbone/embedded/check-data.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { seededRandom } from '../../scale/seeded-random.ts'

const ROUNDS = 80
const CONVERSATIONS = Array.from({ length: 5 }, (_, i) => `shop:${i % 2}~c${i}`)
const LIMITS = [500, 3000, 30_000]

interface Modelled {
  log: { readonly id: string; readonly side: string; word: string | undefined }[]
  epoch: string | undefined
  version: string
}

class World {
  readonly #random: () => number
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'im-chat-random-'))
  readonly #model = new Map(CONVERSATIONS.map((one): [string, Modelled] => [one, { log: [], epoch: undefined, version: '' }]))
  readonly #epochs = new Set<string>()
  readonly #erased = new Set<string>()
  #count = 0
  #backbone!: Backbone

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  async run(): Promise<void> {
    await this.#open()
    for (let round = 0; round < ROUNDS; round++) {
      const atOnce = CONVERSATIONS.map((conversation) => this.#act(conversation))
      await Promise.all(this.#random() < 0.15 ? [...atOnce, this.#backbone.scrub()] : atOnce)
      await this.#compare()
      if (this.#random() < 0.12) await this.#scrub()
      if (this.#random() < 0.08) await this.#restart()
    }
    await this.#scrub()
    await this.#backbone.close()
    rmSync(this.#dataDir, { recursive: true })
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }

  async #open(): Promise<void> {
    this.#backbone = await openEmbedded({ dataDir: this.#dataDir, checkpointBytes: LIMITS[this.#below(LIMITS.length)]! })
  }

  async #restart(): Promise<void> {
    await this.#backbone.close()
    expect((await checkData(this.#dataDir)).faults).toEqual([])
    await this.#open()
    await this.#compare()
  }

  async #act(conversation: string): Promise<void> {
    for (let left = 1 + this.#below(12); left > 0; left--) {
      const { log } = this.#model.get(conversation)!
      const dice = this.#random()
      if (dice < 0.65) await this.#append(conversation)
      else if (dice < 0.72 && log.length > 0) await this.#replace(conversation)
      else if (dice < 0.82 && log.length > 0) await this.#advance(conversation)
      else if (dice < 0.92) await this.#assign(conversation)
      else await this.#erase(conversation)
    }
  }

  async #append(conversation: string): Promise<void> {
    const modelled = this.#model.get(conversation)!
    const number = ++this.#count
    const word = `WORD${number.toString(36)}Z`
    const side = conversation.split('~')[this.#below(2)]!
    const body = { text: word + 'x'.repeat([0, 50, 3000][this.#below(3)]!) }
    const id = `i${number}`
    const appended = await this.#backbone.store.append({ conversation, id, from: side, side, kind: 'text', body, at: number, origin: '' })
    expect(appended).toMatchObject({ seq: modelled.log.length + 1, duplicate: false })
    if (modelled.log.length === 0) expect(this.#epochs).not.toContain(appended.epoch)
    else expect(appended.epoch).toBe(modelled.epoch)
    modelled.epoch = appended.epoch
    modelled.log.push({ id, side, word })
  }

  async #replace(conversation: string): Promise<void> {
    const { log, epoch = '' } = this.#model.get(conversation)!
    const at = this.#below(log.length)
    const { id, side } = log[at]!
    const message = { conversation, epoch, seq: at + 1, id, from: side, side, kind: 'withdrawn', body: { text: 'gone' }, at: 1 }
    expect(await this.#backbone.store.replace(message)).toBe(true)
    log[at]!.word = undefined
  }

  async #advance(conversation: string): Promise<void> {
    const { log } = this.#model.get(conversation)!
    const side = conversation.split('~')[this.#below(2)]!
    await this.#backbone.store.advance({ conversation, side, read: this.#below(log.length) + 1, origin: '' })
  }

  async #assign(conversation: string): Promise<void> {
    const modelled = this.#model.get(conversation)!
    const text = `assigned ${++this.#count}`
    const set = await this.#backbone.store.setAssignment({ conversation, text, expect: modelled.version, phase: 'open' })
    expect(set.isSet).toBe(true)
    if (set.isSet) modelled.version = set.version
  }

  async #erase(conversation: string): Promise<void> {
    const modelled = this.#model.get(conversation)!
    const isThere = modelled.log.length > 0 || modelled.version !== ''
    for (const { word } of modelled.log) if (word !== undefined) this.#erased.add(word)
    if (modelled.epoch !== undefined) this.#epochs.add(modelled.epoch)
    expect(await this.#backbone.store.erase(conversation)).toBe(isThere)
    Object.assign(modelled, { log: [], epoch: undefined, version: '' })
  }

  async #compare(): Promise<void> {
    const { store } = this.#backbone
    for (const [conversation, { log, epoch, version }] of this.#model) {
      const { messages, head, cursors, assignment } = await store.read(conversation, { after: 0, limit: 10_000, bytes: Infinity })
      expect([head.seq, assignment?.version ?? '']).toEqual([log.length, version])
      if (log.length === 0) expect(cursors).toEqual({})
      const found = messages.map((each) => [each.seq, each.id, each.prev, each.epoch, each.body.text.replace(/x+$/, '')])
      expect(found).toEqual(log.map(({ id, word }, i) => [i + 1, id, log[i - 1]?.id, epoch, word ?? 'gone']))
    }
    for (const side of new Set(CONVERSATIONS.flatMap((conversation) => conversation.split('~')))) {
      const listed = (await store.list(side, { limit: 100 })).rows.map(({ conversation }) => conversation)
      const written = CONVERSATIONS.filter((each) => each.split('~').includes(side) && this.#model.get(each)!.log.length > 0)
      expect(listed.toSorted()).toEqual(written.toSorted())
    }
  }

  /** Then no file has anything that was ever erased. */
  async #scrub(): Promise<void> {
    await this.#backbone.scrub()
    const names = readdirSync(this.#dataDir, { recursive: true, encoding: 'utf8' })
    const files = names.map((name) => join(this.#dataDir, name)).filter((path) => statSync(path).isFile())
    const bytes = files.map((path) => readFileSync(path, 'latin1')).join('\n')
    expect([...this.#erased].filter((word) => bytes.includes(word))).toEqual([])
  }
}

test.each([101, 7])('random writes and erasures agree with the model, and leave no byte behind: seed %i', async (seed) => {
  await new World(seed).run()
})
