import { waitFor, type Page, type Spot } from './page.ts'

/** What a check does to the chat of the QA page (demo/pages/qa.html) and asks about it, in any engine. */
export interface Message {
  readonly text: string
  readonly state: string
  readonly seq: number
  readonly isOwn: boolean
}

/** `document.querySelector('im-chat').shadowRoot` by `data-test` id, as an expression. */
export const part = (id: string): string => `document.querySelector('im-chat').shadowRoot.querySelector('[data-test=${id}]')`

export const FIELD = part('composer')

/** Whether a part can be seen, as an expression: a panel that is still being put together is there and cannot. */
export const isShown = (id: string): string =>
  `(function(e){return !!e&&e.getBoundingClientRect().height>0&&getComputedStyle(e).visibility!=='hidden'})(${part(id)})`

const CONFIRMED = /^(sent|delivered|read)$/

export class Chat {
  readonly #page: Page
  readonly #url: string
  #count = 0

  constructor(page: Page, url: string) {
    this.#page = page
    this.#url = url
  }

  /** Opens the page with these query parameters and waits until the element is up and, unless told otherwise, live. */
  async open(query: Record<string, string> = {}, { isLive = true, hasDraft = false, ms = 20_000 } = {}): Promise<void> {
    const url = new URL(this.#url)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    await this.#page.goto(url.href)
    await waitFor(this.#page, `!!(document.querySelector('im-chat').shadowRoot && ${FIELD})`, 'the element to upgrade', ms)
    if (!hasDraft) await this.clear()
    if (isLive) await this.live(ms)
  }

  /** Another page beside the QA page. */
  beside(name: string): string {
    return new URL(name, this.#url).href
  }

  /** The browser has never been here: no guest, no draft, no knowledge of which transport works. */
  async forget(): Promise<void> {
    await this.#page.goto(this.beside('qa.css'))
    await this.#page.evaluate('(localStorage.clear(),sessionStorage.clear(),1)').catch(() => undefined)
  }

  /** Nothing is left in the field or in the list of sends, and what comes next is not taken for an echo of the last send. */
  async clear(): Promise<void> {
    await this.#page.evaluate(
      `(function(f){f.blur();f.dispatchEvent(new Event('keydown'));f.value='';f.dispatchEvent(new Event('input'));imQa.sends.splice(0)})(${FIELD})`,
    )
  }

  live(ms = 20_000): Promise<unknown> {
    return waitFor(this.#page, `document.querySelector('im-chat').getAttribute('connection')==='live'`, 'the chat to be live', ms)
  }

  /** A text nobody has sent before; letters and digits, so that every engine has keys for it. */
  text(): string {
    return `m${Date.now().toString(36)}${this.#count++}`
  }

  async center(id: string): Promise<Spot> {
    const element = part(id)
    const rect = await this.#page.evaluate<[number, number, number, number]>(
      `(function(r){return [r.left,r.top,r.width,r.height]})(${element}.getBoundingClientRect())`,
    )
    return { x: rect[0] + rect[2] / 2, y: rect[1] + rect[3] / 2, element }
  }

  /** What the device has for pressing something: a finger, or else a pointer. */
  async touch(id: string): Promise<void> {
    await waitFor(this.#page, isShown(id), `${id} to be seen`, 5000)
    const at = await this.center(id)
    await (this.#page.can.has('touch') ? this.#page.tap(at) : this.#page.click(at))
  }

  /** Into the field with a real finger or pointer, until it has the focus. */
  async focus(): Promise<void> {
    await this.touch('composer')
    await waitFor(this.#page, `document.querySelector('im-chat').shadowRoot.activeElement===${FIELD}`, 'the field to have the focus', 3000)
  }

  async write(text: string): Promise<void> {
    await this.focus()
    await this.#page.type(text)
    await waitFor(this.#page, `${FIELD}.value===${JSON.stringify(text)}`, `"${text}" in the field`, 5000)
  }

  messages(): Promise<readonly Message[]> {
    return this.#page.evaluate('imQa.shownMessages()')
  }

  sends(): Promise<readonly string[]> {
    return this.#page.evaluate('imQa.sends')
  }

  value(): Promise<string> {
    return this.#page.evaluate(`${FIELD}.value`)
  }

  errors(): Promise<readonly string[]> {
    return this.#page.evaluate('imQa.errors')
  }

  /** Waits until the gateway has numbered the message; throws if it is there twice, or the event was told twice. */
  async delivered(text: string, ms = 15_000): Promise<void> {
    const shown = `imQa.shownMessages().filter(function(m){return m.text===${JSON.stringify(text)}})`
    await waitFor(this.#page, `${shown}.some(function(m){return /${CONFIRMED.source}/.test(m.state)})`, `"${text}" to be confirmed`, ms)
    const copies = (await this.messages()).filter((message) => message.text === text)
    if (copies.length !== 1) throw new Error(`"${text}" is shown ${copies.length} times`)
    const same = (await this.sends()).filter((sent) => sent === text)
    if (same.length !== 1) throw new Error(`"${text}" was sent ${same.length} times`)
    if ((await this.value()) !== '') throw new Error(`the field still holds "${await this.value()}"`)
  }

  /** By script: what is typed is not the point where this is used. */
  async send(text: string): Promise<void> {
    await this.#page.evaluate(`document.querySelector('im-chat').send(${JSON.stringify(text)})`)
  }

  async faults(wanted: object): Promise<void> {
    await this.#page.evaluate(`imQa.faults(${JSON.stringify(wanted)})`)
  }
}
