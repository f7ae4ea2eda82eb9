import { html, nothing, render, type TemplateResult } from 'lit'
import type { Body, Message } from '../../../gateway/protocol/model.ts'
import { wireRefusalOf } from '../../client/refusal-error.ts'
import type { Conversation, OutboxItem } from '../../client/types.ts'
import type { Strings } from '../../locales/strings.ts'
import { entryWords } from '../../ui/entry-words.ts'
import { icons } from '../../ui/icons.ts'
import { listen } from '../../ui/listen.ts'
import { mayRetry, refusalSentence } from '../../ui/refusal-sentence.ts'
import { shownName } from '../../ui/shown-name.ts'
import { addStyles } from '../add-styles.ts'
import { actionIcons } from './action-icons.ts'
import { actionsStyle } from './actions-style.ts'
import { copyText } from './copy-text.ts'
import { longPress, type Press } from './long-press.ts'
import { openMenu, type MenuItem } from './menu.ts'

export type { Press } from './long-press.ts'

export interface ActionsOptions {
  /** The LitElement. */
  readonly element: object
  readonly timeline: HTMLElement
  readonly form: HTMLFormElement
  readonly conversation: () => Conversation | undefined
  readonly strings: () => Strings
  /** Whether the person may write here. */
  readonly mayWrite: () => boolean
  readonly translation: (() => Translation | undefined) | undefined
  /** What woke this up: a press that goes on, or a key. */
  readonly first: Press | undefined
}

/** The page's own translation of what the other side wrote, in its words. */
export interface Translation {
  readonly label: string
  readonly failed: string
  /** Rejects where the page gives none. */
  of(message: Message): Promise<string>
}

/** What is done with messages: a menu by a long press, a right click or the keyboard, and the quote that the next text carries. */
export interface MessageActions {
  /** `body.quote` of the next text. */
  readonly quote: object | undefined
  clear(): void
}

/** A sentence about what was done stays so long. */
const SAID_MS = 5000
/** As the gateway cuts it. */
const EXCERPT_LENGTH = 120

type Entry = { readonly message: Message; readonly item?: undefined } | { readonly item: OutboxItem; readonly message?: undefined }

class Actions implements MessageActions {
  readonly #options: ActionsOptions
  readonly #bar: HTMLElement
  #quoted: Message | undefined
  #said = ''
  #translated = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  #closeMenu: (() => void) | undefined

  constructor(options: ActionsOptions) {
    const { element, timeline, form, first } = options
    this.#options = options
    addStyles(element, timeline.getRootNode() as ShadowRoot, [actionsStyle])
    this.#bar = document.createElement('div')
    this.#bar.className = 'acting'
    form.parentNode!.insertBefore(this.#bar, form)
    longPress(timeline, (target, { clientX, clientY }) => this.#open(rowOf(target), clientX, clientY), first)
    listen<MouseEvent>(timeline, 'contextmenu', (event) => this.#onContextMenu(event))
    listen<KeyboardEvent>(timeline, 'keydown', (event) => this.#onKey(event, event.target as HTMLElement))
    // a key that was pressed while this was on its way, unless the person has gone elsewhere since
    if (first?.event.type === 'keydown' && first.target.matches(':focus')) this.#onKey(first.event as KeyboardEvent, first.target as HTMLElement)
  }

  get quote(): object | undefined {
    const quoted =
      this.#quoted &&
      this.#options.conversation()?.timeline.value.messages.find(({ seq, id }) => seq === this.#quoted!.seq && id === this.#quoted!.id)
    if (!quoted || quoted.kind === 'withdrawn') return undefined
    const { seq, id, from, side, name, kind, body } = quoted
    const text = body.text.slice(0, EXCERPT_LENGTH).replace(/[\ud800-\udbff]$/, '')
    return { seq, id, from, side, kind, text, ...(name === undefined ? {} : { name }) }
  }

  clear(): void {
    this.#quoted = undefined
    this.#translated = ''
    this.#closeMenu?.()
    this.#show()
  }

  #onContextMenu(event: MouseEvent): void {
    const target = event.composedPath()[0] as Element
    const row = rowOf(target) ?? this.#lastVisible(event)
    // a link and selected words have the browser's own menu, and so has whoever holds Shift
    const isByKey = event.button !== 2
    if (event.shiftKey || (!isByKey && (target.closest('a') || String(getSelection())))) return
    const box = row?.querySelector('.bubble')?.getBoundingClientRect()
    const isAtRow = isByKey && box !== undefined
    if (this.#open(row, isAtRow ? box.left : event.clientX, isAtRow ? box.bottom : event.clientY)) event.preventDefault()
  }

  /** From the list itself Enter goes to the last message; there the arrows go to its neighbours, and Enter opens its menu. */
  #onKey(event: KeyboardEvent, target: HTMLElement): void {
    const { key } = event
    const { timeline } = this.#options
    const row = target === timeline ? undefined : target.matches('[data-id]') ? target : null
    if (row === null || event.ctrlKey || event.metaKey || event.altKey) return
    const rows = [...timeline.querySelectorAll<HTMLElement>('[data-id]')]
    const at = row ? rows.indexOf(row) : rows.length
    if (!row && key !== 'Enter') return
    if (key === 'Enter' || key === ' ') {
      if (row) this.#openAt(row)
      else focusRow(rows[rows.length - 1])
    } else if (key === 'ArrowUp' || key === 'ArrowDown') focusRow(rows[at + (key === 'ArrowUp' ? -1 : 1)])
    else if (key === 'Escape') timeline.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #openAt(row: HTMLElement): void {
    const { left, bottom } = (row.querySelector('.bubble') ?? row).getBoundingClientRect()
    this.#open(row, left, bottom)
  }

  /** The menu key on the list itself means the last message in sight. */
  #lastVisible(event: Event): HTMLElement | undefined {
    const { timeline } = this.#options
    if (event.target !== timeline || (event as MouseEvent).button === 2) return undefined
    const { bottom } = timeline.getBoundingClientRect()
    return [...timeline.querySelectorAll<HTMLElement>('[data-id]')].reverse().find((row) => row.getBoundingClientRect().top < bottom)
  }

  /** False: there is nothing to do with it. */
  #open(row: HTMLElement | undefined, x: number, y: number): boolean {
    const entry = row && this.#entryOf(row)
    const items = entry ? this.#itemsOf(entry) : []
    this.#closeMenu?.()
    if (!row || items.length === 0) return false
    const { timeline, strings } = this.#options
    const wasFocused = (timeline.getRootNode() as ShadowRoot).activeElement as HTMLElement | null
    row.classList.add('held')
    this.#closeMenu = openMenu(timeline.closest('section')!, {
      items,
      label: strings().actions.label,
      x,
      y,
      onClosed: (isByKey) => {
        row.classList.remove('held')
        this.#closeMenu = undefined
        if (isByKey) wasFocused?.focus({ preventScroll: true })
      },
    })
    return true
  }

  #entryOf({ dataset: { id, seq } }: HTMLElement): Entry | undefined {
    const conversation = this.#options.conversation()
    const message = seq ? conversation?.timeline.value.messages.find((each) => String(each.seq) === seq) : undefined
    const item = conversation?.outbox.value.find((each) => each.id === id)
    return message ? { message } : item && { item }
  }

  #itemsOf({ message, item }: Entry): MenuItem[] {
    const strings = this.#options.strings()
    const { actions, retry, discard } = strings
    const conversation = this.#options.conversation()!
    const { id, kind, body } = message ?? item
    const translation = kind === 'text' && message?.side === conversation.to ? this.#options.translation?.() : undefined
    const items: (MenuItem | false)[] = [
      kind !== 'withdrawn' && { name: 'copy', label: actions.copy, icon: actionIcons.copy, onChosen: () => void this.#copy(kind, body) },
      message !== undefined && !['system', 'withdrawn'].includes(kind) && this.#options.mayWrite() && {
        name: 'quote', label: actions.quote, icon: actionIcons.quote, onChosen: () => this.#startQuote(message),
      }, // prettier-ignore
      translation !== undefined && {
        name: 'translate', label: translation.label, icon: actionIcons.translate, onChosen: () => void this.#translate(message!, translation),
      }, // prettier-ignore
      item?.state === 'failed' &&
        (!item.refusal || mayRetry(item.refusal, !this.#options.mayWrite())) && {
          name: 'retry',
          label: retry,
          icon: actionIcons.retry,
          onChosen: () => conversation.retry(id),
        },
      item?.state === 'failed' && {
        name: 'discard',
        label: discard,
        icon: actionIcons.discard,
        isGrave: true,
        onChosen: () => conversation.discard(id),
      },
      (message ? conversation.mayWithdraw(message) : item.state !== 'failed') && {
        name: 'withdraw', label: actions.withdraw, icon: actionIcons.withdraw, isGrave: true, onChosen: () => void this.#withdraw(id),
      }, // prettier-ignore
    ]
    return items.filter((each) => each !== false)
  }

  async #copy(kind: string, body: Body): Promise<void> {
    const strings = this.#options.strings()
    const isCopied = await copyText(entryWords({ kind, body, isMine: false }, strings), this.#options.form)
    if (isCopied) this.#say(strings.actions.copied)
  }

  /** Stays until it is closed, or something else stands there. */
  async #translate(message: Message, translation: Translation): Promise<void> {
    const conversation = this.#options.conversation()
    try {
      const text = await translation.of(message)
      if (conversation !== this.#options.conversation()) return
      this.#translated = text
      this.#show()
    } catch {
      if (conversation === this.#options.conversation()) this.#say(translation.failed)
    }
  }

  #startQuote(message: Message): void {
    this.#quoted = message
    this.#show()
    this.#options.form.querySelector('textarea')!.focus()
  }

  async #withdraw(id: string): Promise<void> {
    try {
      await this.#options.conversation()?.withdraw(id)
    } catch (error) {
      const strings = this.#options.strings()
      const refusal = wireRefusalOf(error)
      this.#say(refusal ? refusalSentence(refusal, strings) : strings.offline)
    }
  }

  #say(sentence: string): void {
    clearTimeout(this.#timer)
    this.#said = sentence
    this.#timer = setTimeout(() => {
      this.#said = ''
      this.#show()
    }, SAID_MS)
    this.#show()
  }

  #show(): void {
    const parts: (TemplateResult | typeof nothing)[] = [
      this.#said ? html`<span role="status" data-test="said" dir="auto">${this.#said}</span>` : nothing,
      this.#translated && !this.#said ? this.#translatedView() : nothing,
      this.#quoted && !this.#said && !this.#translated ? this.#quoteView(this.#quoted) : nothing,
    ]
    const isEmpty = !this.#said && !this.#translated && !this.#quoted
    render(isEmpty ? nothing : html`${parts}`, this.#bar)
    // lit leaves a comment behind, and an empty bar takes no room
    if (isEmpty) this.#bar.toggleAttribute('hidden', true)
    else this.#bar.removeAttribute('hidden')
  }

  #translatedView(): TemplateResult {
    const close = (): void => {
      this.#translated = ''
      this.#show()
    }
    return html`<div class="translated" data-test="translation" role="status" dir="auto" tabindex="0">${this.#translated}</div>
      <button type="button" class="plain" data-test="no-translation" aria-label=${this.#options.strings().dismiss} @click=${close}>${icons.close}</button>`
  }

  #quoteView({ name, from, kind, body }: Message): TemplateResult {
    const strings = this.#options.strings()
    return html`<div data-test="quoting">${name ? html`<b dir="auto">${shownName(name, from, strings)}</b>` : nothing}<span dir="auto"
        >${entryWords({ kind, body, isMine: false }, strings)}</span></div>
      <button type="button" class="plain" data-test="no-quote" aria-label=${strings.dismiss} @click=${() => this.clear()}>${icons.close}</button>`
  }
}

/** Beside a bubble nothing is pressed. */
const rowOf = (target: Element): HTMLElement | undefined =>
  target.closest('.bubble, .system') || target.matches('[data-id]') ? (target.closest<HTMLElement>('[data-id]') ?? undefined) : undefined

function focusRow(row: HTMLElement | undefined): void {
  if (!row) return
  row.tabIndex = -1
  row.focus()
}

export const messageActions = (options: ActionsOptions): MessageActions => new Actions(options)
