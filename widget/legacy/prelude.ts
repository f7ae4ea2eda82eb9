/**
 * What Lit and the client use and engines without custom elements lack (measured on WebKit 602). Runs before everything
 * else of the legacy bundle; becomes ES5 in the build. A name that is there already is left alone.
 */
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
