/** What old page libraries put a `toJSON` on: Prototype 1.6 makes texts of arrays, numbers and texts that way. */
const PROTOTYPES: readonly object[] = [Object.prototype, Array.prototype, String.prototype, Number.prototype, Boolean.prototype]

/** Runs `make` with `JSON.stringify` as the standard has it, whatever the page's libraries did to it. `make` must be synchronous. */
export function plainJson<T>(make: () => T): T {
  const patched: { readonly prototype: object; readonly descriptor: PropertyDescriptor }[] = []
  for (const prototype of PROTOTYPES) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'toJSON')
    if (descriptor?.configurable) patched.push({ prototype, descriptor })
  }
  for (const { prototype } of patched) Reflect.deleteProperty(prototype, 'toJSON')
  try {
    return make()
  } finally {
    for (const { prototype, descriptor } of patched) Object.defineProperty(prototype, 'toJSON', descriptor)
  }
}
