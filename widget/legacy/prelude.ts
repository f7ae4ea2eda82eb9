/**
 * What the whole of Lit uses and engines without custom elements lack (measured on WebKit 602). Runs before everything
 * else of a bundle; becomes ES5 in the legacy one. A name that is there already is left alone.
 */
{
  const add = (owner: object, name: string, value: unknown): void => {
    if (!(name in owner)) Object.defineProperty(owner, name, { configurable: true, writable: true, value })
  }
  add(window, 'globalThis', window)
  add(Array.prototype, 'flat', function (this: unknown[], depth = 1): unknown[] {
    return this.reduce<unknown[]>(
      (all, each) => all.concat(Array.isArray(each) && depth > 1 ? (each as { flat(depth: number): unknown[] }).flat(depth - 1) : each), [])
  })
}
