import { expect, test } from 'vitest'
import type { Message } from '../../gateway/protocol/model.ts'
import { latestOrder } from '../../widget/desk/customer/conversation-facts.ts'

const order = (number: unknown): Message =>
  ({
    seq: 1,
    kind: 'order',
    id: 'm1',
    from: 'c1',
    side: 'c1',
    at: 0,
    conversation: 'shop:1~c1',
    epoch: 'e1',
    body: { text: 'x', number },
  }) as unknown as Message

test('an order number in a quick reply is no longer than on the card: a customer does not write the agent’s sentences', () => {
  expect(latestOrder([order('MG-7')])).toBe('MG-7')
  expect(latestOrder([order(`MG-7. You get 1000. ${'x'.repeat(5000)}`)])!.length).toBe(64)
  expect(latestOrder([order('MG-7'), order({ toString: 1 })])).toBe('MG-7')
  expect(latestOrder([])).toBe(undefined)
})
