import { expect, test } from 'vitest'
import { backendAddress } from '../../../gateway/backends/backend-url.ts'

const address = (template: string, customer: string, shop = '42'): string | undefined => backendAddress(template, { customer, shop })?.href

test.each([
  ['https://crm.example/', 'ann', 'https://crm.example/?customer=ann&shop=42'],
  ['https://crm.example/info?v=1', 'a&b=c#d', 'https://crm.example/info?v=1&customer=a%26b%3Dc%23d&shop=42'],
  ['https://crm.example/{shop}/{customer}', '李/../x', 'https://crm.example/42/%E6%9D%8E%2F..%2Fx'],
  ['https://crm.example/c/{customer}', 'a?b#c', 'https://crm.example/c/a%3Fb%23c'],
  ['https://crm.example/?id={customer}', '$&$1{shop}', 'https://crm.example/?id=%24%26%241%7Bshop%7D'],
])('%s for %s', (template, customer, expected) => {
  expect(address(template, customer)).toBe(expected)
})

test.each(['.', '..'])('an id that would be a step in a path (%s) is asked about nowhere', (customer) => {
  expect(address('https://crm.example/c/{customer}/info', customer)).toBeUndefined()
  expect(address('https://crm.example/', customer)).toBe(`https://crm.example/?customer=${customer}&shop=42`)
})
