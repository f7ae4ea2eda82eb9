import type { ReactiveControllerHost } from 'lit'
import type { QuickReply } from '../../../gateway/protocol/model.ts'
import { isTooLarge, readQuickReplies, writeQuickReplies, type FileFault } from './quick-reply-file.ts'
import { searchQuickReplies } from './quick-reply-search.ts'
import type { SavedReplies } from './saved-replies.ts'
import { commandRefusal, type CommandRefusal } from '../../mailbox/command-refusal.ts'

export interface ReplyManagerOptions {
  readonly saved: SavedReplies
  readonly newId: () => string
  readonly onRefused: (refusal: CommandRefusal) => void
  readonly onImported: (count: number) => void
  readonly onDeleted: (reply: QuickReply) => void
}

/** Of a reply that is being written. */
export interface ReplyDraft {
  readonly title: string
  readonly text: string
  readonly folder: string
  readonly scope: QuickReply['scope']
}

/** What the dialog of quick replies knows: what is searched, which one is open for editing ('' is a new one), and what a file had wrong. */
export class ReplyManager {
  readonly #host: ReactiveControllerHost
  readonly #options: ReplyManagerOptions
  #query = ''
  #editing: string | undefined
  /** Of a new reply that is being written: one for all attempts to save it, because an answer may be lost. */
  #id = ''
  #fault: FileFault | undefined
  #isBusy = false
  /** Counts changes of the agent: work that ends under another agent shows nothing. */
  #turn = 0

  constructor(host: ReactiveControllerHost, options: ReplyManagerOptions) {
    this.#host = host
    this.#options = options
  }

  get query(): string {
    return this.#query
  }

  get editing(): string | undefined {
    return this.#editing
  }

  get fault(): FileFault | undefined {
    return this.#fault
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  get leftCount(): number {
    return this.#options.saved.leftCount
  }

  get folders(): readonly string[] {
    return [...new Set(this.#options.saved.replies.flatMap(({ folder }) => folder ?? []))].sort((a, b) => a.localeCompare(b))
  }

  /** By folder, those without one first. */
  get groups(): readonly (readonly [folder: string, replies: readonly QuickReply[]])[] {
    const groups = new Map<string, QuickReply[]>()
    const sorted = this.#options.saved.replies.toSorted((a, b) => (a.folder ?? '').localeCompare(b.folder ?? '') || a.title.localeCompare(b.title))
    for (const reply of searchQuickReplies(sorted, this.#query) as readonly QuickReply[]) {
      const folder = reply.folder ?? ''
      groups.set(folder, [...(groups.get(folder) ?? []), reply])
    }
    return [...groups]
  }

  /** The desk now belongs to another agent; running work of the previous one shows nothing any more. */
  reset(): void {
    this.#turn++
    this.#query = ''
    this.#editing = this.#fault = undefined
    this.#isBusy = false
  }

  readonly search = (query: string): void => {
    this.#query = query
    this.#host.requestUpdate()
  }

  readonly edit = (key: string | undefined): void => {
    if (key === '' && this.#editing !== '') this.#id = this.#options.newId()
    this.#editing = key
    this.#host.requestUpdate()
  }

  readonly save = (draft: ReplyDraft, before: QuickReply | undefined): void => {
    const { folder, ...rest } = draft
    const reply = { ...rest, id: before?.id ?? this.#id, ...(folder === '' ? {} : { folder }) }
    const [editing, id] = [this.#editing, this.#id]
    void this.#run(async () => {
      await this.#options.saved.save(reply, before)
      if (editing === this.#editing && id === this.#id) this.#editing = undefined
    })
  }

  readonly remove = (reply: QuickReply): void =>
    void this.#run(async () => {
      await this.#options.saved.remove(reply)
      this.#options.onDeleted(reply)
    })

  /** Whole again, where it was. */
  readonly restore = (reply: QuickReply): void => void this.#run(() => this.#options.saved.save(reply))

  readonly import = (file: File): void =>
    void this.#run(async (isOver) => {
      this.#fault = undefined
      const read = isTooLarge(file.size) ? ({ fault: 'tooLarge' } as const) : readQuickReplies(await file.text(), this.#options.newId)
      if (isOver()) return
      if ('fault' in read) {
        this.#fault = read
        return
      }
      await this.#options.saved.import(read.quickReplies)
      this.#options.onImported(read.quickReplies.length)
    })

  /** As a download; nothing leaves the browser. */
  readonly export = (): void => {
    const url = URL.createObjectURL(new Blob([writeQuickReplies(this.#options.saved.replies)], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = 'quick-replies.json'
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }

  async #run(work: (isOver: () => boolean) => Promise<void>): Promise<void> {
    if (this.#isBusy) return
    const turn = this.#turn
    const isOver = (): boolean => turn !== this.#turn
    this.#isBusy = true
    this.#host.requestUpdate()
    try {
      await work(isOver)
    } catch (error) {
      if (!isOver()) this.#options.onRefused(commandRefusal(error))
    } finally {
      if (!isOver()) this.#isBusy = false
      this.#host.requestUpdate()
    }
  }
}
