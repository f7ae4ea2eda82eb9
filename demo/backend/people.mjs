/** The customers that the shop knows. Addresses are those of the demo's pages and pictures. */
const DAY_MS = 86_400_000
const KETTLE = { title: 'Kumo pour-over kettle, 0.9 l', total: '¥ 468', url: '/product.html', image: '/art/kettle.svg', count: 1 }
const FILTERS = { title: 'Paper filters, 100 pieces', total: '¥ 36', count: 3 }
const GRINDER = { title: 'Hand grinder, 30 g', total: '¥ 299', count: 1 }

const profile = (rows) => Object.entries(rows).map(([label, value]) => ({ label, value }))
const order = (number, thing, [status, daysAgo], now) => ({ number, ...thing, status, at: now - daysAgo * DAY_MS })

const PEOPLE = {
  lee: (now) => ({
    profile: profile({ Level: 'Gold', 'Customer since': '2021', City: '上海', Orders: '14', Language: '中文' }),
    orders: [
      order('MG-20418', KETTLE, ['On its way', 1], now),
      order('MG-20077', FILTERS, ['Delivered', 34], now),
      order('MG-19240', GRINDER, ['Returned', 120], now),
    ],
  }),
  mia: (now) => ({
    profile: profile({ Level: 'New', 'Customer since': 'this week', City: 'Hamburg', Note: 'Asked for an invoice with VAT' }),
    orders: [order('MG-20431', GRINDER, ['Waiting for payment', 0], now)],
  }),
  sam: (now) => ({ profile: profile({ Level: 'Silver', City: 'Lisboa' }), orders: [order('MG-18803', FILTERS, ['Delivered', 210], now)] }),
}

/** Makes up a visitor without a login; the same id always gives the same orders. */
function guest(id, now) {
  let sum = 0
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 90_000
  return {
    profile: profile({ Level: 'Visitor', Login: 'none' }),
    orders: [
      order(`MG-${10_000 + sum}`, KETTLE, ['Packed', 0], now),
      order(`MG-${10_000 + ((sum + 4711) % 90_000)}`, FILTERS, ['Delivered', 21], now),
    ],
  }
}

/** What the shop knows about a customer; undefined: nothing. */
export function person(id, now) {
  if (Object.hasOwn(PEOPLE, id)) return PEOPLE[id](now)
  return id.startsWith('guest-') ? guest(id, now) : undefined
}
