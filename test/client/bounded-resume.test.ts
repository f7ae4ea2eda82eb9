/** What a resume leaves out because it is too much at once, the real client fetches by itself from the real gateway. */
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { startGateway } from '../kit/gateway.ts'
import { Talker } from '../kit/talker.ts'

/** Far more than the half megabyte that one conversation gets of a resume. */
const COUNT = 60
const PAD = 'x'.repeat(20_000)

test('missed are 1.2 MB of one conversation: all of it is there, once, in order', async () => {
  const gateway = await startGateway({ COMMANDS_PER_SECOND: '0', RATE_LIMITS: 'off' })
  onTestFinished(() => gateway.stop())
  const mia = createClient({ gateway: gateway.url, token: await gateway.pass({ sub: 'mia' }), to: 'shop:42', storage: null })
  onTestFinished(() => mia.close())
  const { timeline, send } = conversationOf(mia)
  mia.connect()
  send('first')
  await expect.poll(() => timeline.value.messages.length).toBe(1)
  mia.close()
  const agent = await new Talker(gateway.url, 'ws').open()
  onTestFinished(() => agent.close())
  await agent.hello({ token: await gateway.pass({ sub: 'a1', role: 'agent', shop: '42' }) })
  for (let n = 1; n <= COUNT; n++) await agent.ask('send', { to: 'mia', id: `m${n}`, kind: 'note', body: { text: `${n}`, pad: PAD } })
  const pushed: unknown[] = []
  mia.onPush('resumePush', (push) => pushed.push(push))
  mia.connect()
  await expect.poll(() => mia.connection.value.name, { timeout: 10_000 }).toBe('live')
  expect(pushed).toEqual([expect.objectContaining({ more: true })])
  expect(timeline.value.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: COUNT + 1 }, (_, at) => at + 1))
})

function conversationOf(client: ReturnType<typeof createClient>) {
  const conversation = client.conversation('shop:42')
  return { timeline: conversation.timeline, send: (text: string) => conversation.send(text) }
}
