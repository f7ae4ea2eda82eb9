/** What a client keeps of a text that is being written, and which texts it does not send. */
import { expect, test } from 'vitest'
import { ClientWorld } from '../kit/client-world.ts'

const SHOP = 'shop:42'
const LONG = 'x'.repeat(1_000_000)

const stored = (world: ClientWorld): [string, string] => [...world.storage('phone').values].find(([key]) => key.includes('draft~'))!

test('a draft holds twice what can be sent, in the page and in the storage', () => {
  const world = new ClientWorld()
  const { draft, setDraft } = bound(world.open('customer:u1', SHOP).conversation(SHOP))
  setDraft('x'.repeat(7999))
  expect(draft.value).toHaveLength(7999)
  setDraft(LONG)
  expect([draft.value.length, stored(world)[1].length]).toEqual([8000, 8000 + '""'.length])
})

test('a longer draft of an earlier release is read only so far', () => {
  const world = new ClientWorld()
  const first = world.open('customer:u1', SHOP)
  first.conversation(SHOP).setDraft('a')
  const [key] = stored(world)
  world.storage('phone').values.set(key, JSON.stringify(LONG))
  expect(world.open('customer:u1', SHOP).conversation(SHOP).draft.value).toHaveLength(8000)
})

test('a text without visible characters is not sent', async () => {
  const world = new ClientWorld()
  const { send } = bound(world.open('customer:u1', SHOP).conversation(SHOP))
  expect([' \n', '\u200b\u2060', '\u3164'].map(send)).toEqual([undefined, undefined, undefined])
  send('👍')
  await world.clock.advance(100)
  expect(world.log).toEqual(['👍'])
})

function bound(conversation: ReturnType<ReturnType<ClientWorld['open']>['conversation']>) {
  return {
    draft: conversation.draft,
    setDraft: (text: string) => conversation.setDraft(text),
    send: (text: string) => conversation.send(text),
  }
}
