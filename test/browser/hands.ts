import type { CDPSession, Page } from 'playwright-core'
import { hook, type TestPage } from '../kit/browser.ts'

/** Fingers, keys and an input method, as the engine itself takes them. Modifiers as CDP counts: 2 Ctrl, 8 Shift. */
export class Hands {
  readonly #page: Page
  readonly #cdp: CDPSession

  constructor({ page, cdp }: Pick<TestPage, 'page' | 'cdp'>) {
    this.#page = page
    this.#cdp = cdp
  }

  async type(text: string): Promise<void> {
    for (const character of text) await this.#cdp.send('Input.dispatchKeyEvent', { type: 'char', text: character, key: character })
  }

  async enter(modifiers = 0): Promise<void> {
    await this.#enterDown({ modifiers })
    await this.#cdp.send('Input.dispatchKeyEvent', { ...ENTER, type: 'keyUp', modifiers })
  }

  async holdEnter(repeats: number): Promise<void> {
    await this.#enterDown({})
    for (let count = 0; count < repeats; count++) await this.#enterDown({ autoRepeat: true })
    await this.#cdp.send('Input.dispatchKeyEvent', { ...ENTER, type: 'keyUp' })
  }

  /** A keypress that no keydown announced. */
  async enterCharacter(): Promise<void> {
    await this.#cdp.send('Input.dispatchKeyEvent', { ...ENTER, type: 'char', text: '\r' })
  }

  /** A key that the input method takes. */
  async key229(code: string, key = 'Process'): Promise<void> {
    await this.#cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code, windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229 })
  }

  /** The input method's word in the making; empty cancels it. */
  async compose(text: string): Promise<void> {
    await this.#cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  }

  /** The finished word, or text that comes without keys. */
  async commit(text: string): Promise<void> {
    await this.#cdp.send('Input.insertText', { text })
  }

  /** A word as Android's keyboard writes it: nameless keys, one growing composition. */
  async swipe(word: string): Promise<void> {
    for (let length = 1; length <= word.length; length++) {
      await this.key229('', 'Unidentified')
      await this.compose(word.slice(0, length))
    }
  }

  async tap(): Promise<void> {
    const point = await this.#button()
    await this.#cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
    await this.#cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }

  async slideOff(): Promise<void> {
    const { x, y } = await this.#button()
    await this.#cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
    for (const up of [20, 60, 120]) await this.#cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x, y: y - up }] })
    await this.#cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }

  async click(times: number): Promise<void> {
    const { x, y } = await this.#button()
    for (let clickCount = 1; clickCount <= times; clickCount++) {
      await this.#cdp.send('Input.dispatchMouseEvent', { type: 'mousePressed', x, y, button: 'left', clickCount })
      await this.#cdp.send('Input.dispatchMouseEvent', { type: 'mouseReleased', x, y, button: 'left', clickCount })
    }
  }

  async paste(text: string): Promise<void> {
    await this.#page.evaluate((pasted) => {
      const field = chat.shadowRoot!.querySelector('textarea')!
      field.setRangeText(pasted, field.selectionStart, field.selectionEnd, 'end')
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertFromPaste' }))
    }, text)
  }

  /** What the keyboard makes of the whole text, as iOS reports it. */
  async correct(text: string): Promise<void> {
    await this.#page.evaluate((corrected) => {
      const field = chat.shadowRoot!.querySelector('textarea')!
      field.setRangeText(corrected, 0, field.value.length, 'end')
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertReplacementText', data: corrected }))
    }, text)
  }

  async requestSubmit(): Promise<void> {
    await this.#page.evaluate(() => chat.shadowRoot!.querySelector('form')!.requestSubmit())
  }

  /** Two frames: whatever an input event still has to cause has happened by then. */
  async settle(): Promise<void> {
    await this.#page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  }

  async #enterDown(more: { modifiers?: number; autoRepeat?: boolean }): Promise<void> {
    await this.#cdp.send('Input.dispatchKeyEvent', { ...ENTER, type: 'keyDown', text: '\r', unmodifiedText: '\r', ...more })
  }

  async #button(): Promise<{ x: number; y: number }> {
    const box = (await hook(this.#page, 'send').boundingBox())!
    return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }
  }
}

const ENTER = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, nativeVirtualKeyCode: 13 } as const
