/**
 * What Lit and the client use and old engines lack (measured on WebKit 602 and Chromium 64). Runs before everything else of the es2017 and
 * legacy builds. A name that is there already is left alone.
 */
import './plural-rules.ts'

{
  const add = (owner: object, name: string, value: unknown): void => {
    if (!(name in owner)) Object.defineProperty(owner, name, { configurable: true, writable: true, value })
  }
  add(window, 'globalThis', window)
  add(Array.prototype, 'flat', function (this: unknown[], depth = 1): unknown[] {
    return this.reduce<unknown[]>(
      (all, each) => all.concat(Array.isArray(each) && depth > 1 ? (each as { flat(depth: number): unknown[] }).flat(depth - 1) : each),
      [],
    )
  })
  add(Element.prototype, 'toggleAttribute', function (this: Element, name: string, force?: boolean): boolean {
    const isOn = force ?? !this.hasAttribute(name)
    if (isOn) this.setAttribute(name, '')
    else this.removeAttribute(name)
    return isOn
  })
}
