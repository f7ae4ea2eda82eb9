/** The parts of the chat on this page that testers look at, found by their `data-test` ids in the open shadow root. */
export interface ChatParts {
  readonly chat: HTMLElement
  readonly field: HTMLTextAreaElement
  readonly form: HTMLFormElement
  readonly button: HTMLElement
  readonly messages: readonly HTMLElement[]
}

/** Undefined until the element is defined and open. */
export function chatParts(): ChatParts | undefined {
  const chat = document.querySelector<HTMLElement>('im-chat')
  const root = chat?.shadowRoot
  const field = root?.querySelector<HTMLTextAreaElement>('[data-test=composer]')
  const button = root?.querySelector<HTMLElement>('[data-test=send]')
  if (!chat || !root || !field?.form || !button) return undefined
  const messages = [].slice.call(root.querySelectorAll('[data-test=message]')) as HTMLElement[]
  return { chat, field, form: field.form, button, messages }
}

const PENDING = /^(waiting|sending|failed)$/

/** Texts and states of all shown messages, oldest first. */
export interface ShownMessage {
  readonly text: string
  readonly state: string
  readonly seq: number
  readonly isOwn: boolean
}

export const shownMessages = (): ShownMessage[] =>
  (chatParts()?.messages ?? []).map((row) => ({
    text: (row.querySelector('.text') ?? row).textContent?.trim() ?? '',
    state: row.getAttribute('data-state') ?? '',
    seq: Number(row.getAttribute('data-seq')) || 0,
    isOwn: /\bown\b/.test(row.className),
  }))

export const outboxLength = (): number => shownMessages().filter(({ state }) => PENDING.test(state)).length

export const lastSeq = (): number => shownMessages().reduce((most, { seq }) => Math.max(most, seq), 0)
