/** A store whose changes webhooks hear of: marks the conversation before each change, and says afterwards that there is something. */
import type { Appended, AssignmentSet, ListPage, ListRange, NewAssignment, NewMessage, Page, ReadRange, Store } from '../../backbone/backbone.ts'
import type { Cursor, Message } from '../../protocol/model.ts'
import { isWithdrawn } from '../messaging/tombstone.ts'
import type { WebhookMarks } from './webhook-marks.ts'

export interface MarkingStoreOptions {
  readonly store: Store
  readonly marks: WebhookMarks
  /** Called after each change. */
  readonly onChanged: (conversation: string) => void
  /** Stores that the message is being withdrawn, before it is. */
  readonly withdrawing: (message: Omit<Message, 'prev'>) => Promise<void>
}

export class MarkingStore implements Store {
  readonly #options: MarkingStoreOptions

  constructor(options: MarkingStoreOptions) {
    this.#options = options
  }

  append(message: NewMessage): Promise<Appended> {
    return this.#marked(message.conversation, () => this.#options.store.append(message))
  }

  setAssignment(assignment: NewAssignment): Promise<AssignmentSet> {
    return this.#marked(assignment.conversation, () => this.#options.store.setAssignment(assignment))
  }

  replace(message: Omit<Message, 'prev'>): Promise<boolean> {
    if (!isWithdrawn(message)) return this.#options.store.replace(message)
    return this.#marked(message.conversation, () => this.#options.withdrawing(message).then(() => this.#options.store.replace(message)))
  }

  read(conversation: string, range: ReadRange): Promise<Page> {
    return this.#options.store.read(conversation, range)
  }

  advance(cursor: Parameters<Store['advance']>[0]): Promise<Cursor> {
    return this.#options.store.advance(cursor)
  }

  /** Nothing is told of it: what was not delivered yet is gone with the log. */
  erase(conversation: string): Promise<boolean> {
    return this.#options.store.erase(conversation)
  }

  idle(before: number, limit: number): Promise<readonly string[]> {
    return this.#options.store.idle(before, limit)
  }

  list(side: string, range: ListRange): Promise<ListPage> {
    return this.#options.store.list(side, range)
  }

  #marked<T>(conversation: string, change: () => Promise<T>): Promise<T> {
    const marking = this.#options.marks.mark(conversation)
    return (marking === undefined ? change() : marking.then(change)).then((result) => {
      this.#options.onChanged(conversation)
      return result
    })
  }
}
