import { nothing, type ReactiveController, type TemplateResult } from 'lit'
import { fill } from '../../locales/fill.ts'
import { newId } from '../../mailbox/new-id.ts'
import { isolated } from '../../ui/isolated.ts'
import type { ModalContent } from '../../ui/modal.ts'
import type { DeskContext, DeskDialog } from '../desk-context.ts'
import { pickerView } from './picker-view.ts'
import { ReplyPicker } from './picker.ts'
import type { QuickReply } from './quick-reply-search.ts'
import { replyManagerView } from './reply-manager-view.ts'
import { ReplyManager } from './reply-manager.ts'
import { SavedReplies } from './saved-replies.ts'

export interface RepliesOptions {
  /** The page's own replies, offered beside those that the gateway stores. */
  readonly ofPage: () => readonly QuickReply[]
  /** What `{order}` stands for. */
  readonly order: () => string | undefined
}

/** Texts that are ready to be sent: picked over the composer by "/", and managed in a dialog. */
export class Replies implements ReactiveController {
  readonly #desk: DeskContext
  readonly #saved: SavedReplies
  readonly #picker: ReplyPicker
  readonly #manager: ReplyManager
  #to = ''

  constructor(desk: DeskContext, { ofPage, order }: RepliesOptions) {
    const { element, emit, toast, view } = desk
    this.#desk = desk
    const saved = (this.#saved = new SavedReplies(element))
    this.#picker = new ReplyPicker(element, {
      replies: () => [...ofPage(), ...saved.replies],
      values: () => ({ customer: view.name, agent: view.mailbox.identity?.name, order: order() }),
      onUse: (id) => emit('im-quick-reply', { id }),
    })
    const manager = (this.#manager = new ReplyManager(element, {
      saved,
      newId,
      onRefused: desk.sayRefusal,
      onImported: (n) => toast.say({ text: fill(desk.words.imported, { n }) }),
      onDeleted: (reply) =>
        toast.say({
          text: isolated(desk.words.replyDeleted, { title: reply.title }),
          onUndo: () => manager.restore(reply),
        }),
    }))
    element.addController(this)
  }

  /** The composer is in the page. Must run before it listens to its own field, or Enter would send instead of pick. */
  firstUpdated(): void {
    this.#picker.attach(this.#field)
  }

  /** Opens the picker at the caret. False where no conversation is open. */
  readonly pick = (): boolean => {
    if (!this.#desk.view.controller.conversation) return false
    this.#picker.open()
    return true
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.#manager.reset()
    this.#picker.close()
  }

  hostUpdate(): void {
    const {
      element,
      view: { client, to },
    } = this.#desk
    if (element.isConnected) this.#saved.use(client)
    // The place at which it was asked for is in another text.
    if (to !== this.#to) this.#picker.close()
    this.#to = to
  }

  /** The focus stays in the composer, so its field says which reply the arrows stand on. */
  hostUpdated(): void {
    const active = this.#desk.element.renderRoot.querySelector('.reply[aria-selected=true]')
    active?.scrollIntoView({ block: 'nearest' })
    if (active) this.#field.setAttribute('aria-activedescendant', active.id)
    else this.#field.removeAttribute('aria-activedescendant')
  }

  /** Over the composer, while a reply is being picked. */
  picker(): TemplateResult | typeof nothing {
    const { active, found, use } = this.#picker
    return found ? pickerView({ active, found, strings: this.#desk.view.language.mailboxStrings, onUse: use }) : nothing
  }

  /** The content of the open dialog; undefined if another or none is open. */
  dialog(open: DeskDialog): ModalContent | undefined {
    if (open !== 'replies') return undefined
    const { words } = this.#desk
    const { edit, editing, export: write, fault, folders, groups, import: read, isBusy, leftCount, query, remove, save, search } = this.#manager
    const body = replyManagerView({
      strings: words,
      edit,
      editing,
      export: write,
      fault,
      folders,
      groups,
      import: read,
      isBusy,
      leftCount,
      query,
      remove,
      save,
      search,
    })
    return { name: 'replies-dialog', title: words.manageReplies, isWide: true, body }
  }

  get #field(): HTMLTextAreaElement {
    return this.#desk.element.renderRoot.querySelector('.composer textarea')!
  }
}
