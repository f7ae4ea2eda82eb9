import type { ReactiveControllerHost } from 'lit'
import type { Note } from '../../../gateway/protocol/model.ts'
import type { PersonClient } from '../../client/types.ts'
import { ClientFollower } from '../../ui/client-follower.ts'

const NONE: readonly Note[] = []

/** The colleagues' notes on the open conversation, ascending by time. */
export class NoteList extends ClientFollower {
  #to = ''
  #notes: readonly Note[] = NONE

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  get notes(): readonly Note[] {
    return this.#notes
  }

  about(to: string): void {
    if (to === this.#to) return
    this.#to = to
    this.#notes = NONE
    if (to !== '' && this.isLive) this.ask()
  }

  /** The same id again changes the text, '' deletes. Rejects with the refusal. */
  async save(to: string, id: string, text: string): Promise<void> {
    const { client } = this
    const answer = await client!.request('saveNote', { to, id, text })
    if (to === this.#to && client === this.client) this.#put(id, answer.note)
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('notePush', ({ conversation, note }) => {
        if (this.#to === '' || client.conversation(this.#to).id !== conversation) return
        this.#put(note.id, note.text === '' ? undefined : note)
      }),
    ]
  }

  protected override forget(): void {
    this.#notes = NONE
  }

  protected override ask(): void {
    const to = this.#to
    if (to === '' || to.startsWith('shop:')) return
    this.client?.request('notes', { to }).then(({ notes }) => {
      if (to !== this.#to) return
      this.#notes = notes
      this.update()
    }, this.askLater)
  }

  #put(id: string, note: Note | undefined): void {
    const others = this.#notes.filter((each) => each.id !== id)
    this.#notes = (note ? [...others, note] : others).sort((a, b) => a.at - b.at)
    this.update()
  }
}
