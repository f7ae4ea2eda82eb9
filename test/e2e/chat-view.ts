/** What a person sees in a chat on a page and does to it, by the hooks that testers rely on. */
import type { Locator, Page } from 'playwright-core'
import { hook } from '../kit/browser.ts'

export interface Shown {
  readonly id: string
  readonly seq: number
  readonly state: string
  readonly text: string
}

export class ChatView {
  readonly page: Page
  readonly tag: 'im-chat' | 'im-desk'

  constructor(page: Page, tag: 'im-chat' | 'im-desk') {
    this.page = page
    this.tag = tag
  }

  hook(name: string): Locator {
    return hook(this.page, name, this.tag)
  }

  get field(): Locator {
    return this.hook('composer')
  }

  async writeWithEnter(text: string): Promise<void> {
    await this.field.fill(text)
    await this.field.press('Enter')
  }

  async writeWithButton(text: string): Promise<void> {
    await this.field.fill(text)
    if (this.tag === 'im-chat') await this.hook('send').tap()
    else await this.hook('send').click()
  }

  /** The messages in the order in which they stand on the screen. */
  shown(): Promise<Shown[]> {
    return this.hook('message').evaluateAll((messages) =>
      messages.map((message) => ({
        id: message.getAttribute('data-id') ?? '',
        seq: Number(message.getAttribute('data-seq')),
        state: message.getAttribute('data-state') ?? '',
        text: message.querySelector('.text')?.textContent ?? '',
      })),
    )
  }

  async texts(): Promise<string[]> {
    return (await this.shown()).map(({ text }) => text)
  }

  async states(): Promise<string[]> {
    return (await this.shown()).map(({ state }) => state)
  }

  /** Of all conversations together, or on the launcher. */
  async unread(): Promise<number> {
    const counts = await this.hook('unread').allTextContents()
    return counts.reduce((sum, count) => sum + Number(count), 0)
  }

  read(property: 'connection' | 'transport'): Promise<string | undefined> {
    return this.page.locator(this.tag).evaluate((element, name) => (element as unknown as Record<string, string>)[name], property)
  }
}
