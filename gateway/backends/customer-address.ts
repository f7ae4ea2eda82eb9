/** In a path these are steps, however they are spelled. */
const STEP = /^\.{1,2}$/

/**
 * `{customer}` and `{shop}` in the template are replaced; where neither stands there, both follow as `?customer=…&shop=…`. Undefined
 * for an id that would make it another address.
 */
export function customerAddress(template: string, { customer, shop }: { customer: string; shop: string }): URL | undefined {
  const filled = template.replaceAll('{customer}', () => encodeURIComponent(customer)).replaceAll('{shop}', () => encodeURIComponent(shop))
  if (filled !== template) return STEP.test(customer) || STEP.test(shop) ? undefined : new URL(filled)
  const address = new URL(template)
  address.searchParams.set('customer', customer)
  address.searchParams.set('shop', shop)
  return address
}
