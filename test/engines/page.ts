/**
 * One page in one real browser, whichever protocol drives it: raw CDP, WebDriver BiDi, W3C WebDriver or a pipe to QtWebKit.
 * Laws
 *  - `evaluate` takes one ES5 expression (QtWebKit reads nothing newer) and brings its value back through JSON.
 *  - Keys, clicks and taps are real input of the engine, trusted by the page; nothing is dispatched from script.
 *  - `can` names what the engine can really do; a check that needs more is reported as "n/a", never as passed.
 *  - `close` ends the browser and everything it started, and removes its profile. Harmless twice.
 *  - Where the driver reports that the page or the browser died, every call rejects with `BrowserGone`, those that wait at once.
 */
export type Ability = 'touch' | 'resize' | 'compose' | 'shift' | 'modern' | 'storage'

export interface Point {
  readonly x: number
  readonly y: number
}

/** The middle of an element, and the element as an expression: not every driver's coordinates are the page's. */
export interface Spot extends Point {
  readonly element: string
}

/** What only a device behind a hub does. Each throws NotApplicable, in the hub's own words, where the hub cannot. */
export interface Device {
  isKeyboardShown(): Promise<boolean>
  turn(to: 'PORTRAIT' | 'LANDSCAPE'): Promise<void>
  /** The person looks at another app, and comes back. */
  leave(seconds: number): Promise<void>
  setNetwork(isOn: boolean): Promise<void>
}

export interface Page {
  /** Name and full version as the engine itself reports them. */
  readonly engine: string
  readonly can: ReadonlySet<Ability>
  /** Why it cannot, where there is more to say than the ability's name. */
  readonly cannot?: Partial<Readonly<Record<Ability, string>>>
  readonly device?: Device
  goto(url: string): Promise<void>
  evaluate<T>(expression: string): Promise<T>
  type(text: string): Promise<void>
  press(key: 'Enter' | 'Backspace', modifier?: 'Shift'): Promise<void>
  click(at: Spot): Promise<void>
  tap(at: Spot): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** An input method's preedit (`compose`) and its end (`commit`); only with ability `compose`. */
  compose(text: string): Promise<void>
  commit(text: string): Promise<void>
  /** PNG. */
  screenshot(): Promise<Buffer>
  close(): Promise<void>
}

/** Nothing will answer any more; only another browser can go on. */
export class BrowserGone extends Error {}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Waits until the expression is truthy and returns its value; after `ms` throws and says what it was instead. A browser that is gone is not waited for. */
export async function waitFor<T>(page: Pick<Page, 'evaluate'>, expression: string, what: string, ms = 10_000): Promise<T> {
  const end = Date.now() + ms
  let last: unknown
  do {
    try {
      last = await page.evaluate(expression)
      if (last) return last as T
    } catch (error) {
      if (error instanceof BrowserGone) throw error
      last = error
    }
    await pause(60)
  } while (Date.now() < end)
  throw new Error(`${what}: not within ${ms} ms, last seen ${last instanceof Error ? last.message : JSON.stringify(last)}`)
}
