/**
 * Robin, who answers in the demo's shop while no agent does. A bot as an operator would write one: it hears of messages by a webhook and answers by REST.
 * Once an agent has a conversation, or has written in it, Robin keeps out of it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

const BOT = { id: 'robin', name: 'Robin (assistant)' }
/** Reads a message as long as a person might. */
const PAUSE_MS = 1500
/** Conversations that are remembered, and answers that one of them gets. */
const MOST = 1000
const ANSWER_COUNT = 10

/** The first whose words occur; in the language of the question. */
const ANSWERS = [
  [
    /discount|price|office|优惠|折扣/i,
    'From ten pieces there is a discount of 10 %. A colleague makes you an offer.',
    '满十件九折，同事会给您报价。',
  ],
  [
    /my order|where is|arriv|deliver|ship|订单|发货|到哪/i,
    'Orders leave the same day and take two days. Tell me your order number, and a colleague looks it up.',
    '订单当天发出，两天送达。请告诉我订单号，同事会帮您查询。',
  ],
  [
    /return|refund|broken|dent|退|坏/i,
    'You can return everything within 30 days, and what arrived damaged we replace. A photo helps.',
    '30 天内可以退货，运输损坏的商品我们会更换，请发一张照片。',
  ],
  [
    /induction|hob|stove|电磁炉/i,
    'Yes: the base of our kettles is steel, so gas, electric and induction are all fine.',
    '可以：壶底是钢的，燃气、电炉和电磁炉都能用。',
  ],
  [/thank|谢谢/i, 'You are welcome!', '不客气！'],
]
const OTHERWISE = [
  'Thank you for your message! A colleague answers within a few minutes. Meanwhile ask me about delivery, returns or our kettles.',
  '谢谢您的留言！同事会在几分钟内回复。您也可以问我发货、退货或手冲壶的问题。',
]

/** `gateway` and `apiKey`: where and with what it answers; `secret` signs the webhook's requests. */
export function startBot({ gateway, apiKey, secret }) {
  const answered = new Map()
  const note = (conversation, count) => {
    answered.delete(conversation)
    answered.set(conversation, count)
    if (answered.size > MOST) answered.delete(answered.keys().next().value)
  }

  async function answer({ conversation, id, body }) {
    const count = answered.get(conversation) ?? 0
    if (count >= ANSWER_COUNT) return
    note(conversation, count + 1)
    const response = await fetch(`${gateway}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      // the same event again gives the same id, so it is answered once
      body: JSON.stringify({ conversation, id: `robin-${id}`.slice(0, 64), bot: BOT, body: { text: wordsFor(body.text) } }),
    })
    if (!response.ok) console.error(`The demo's bot could not answer: ${await response.text()}`)
  }

  return {
    /** Takes a webhook's request: its headers, and its body as bytes. Returns the status to answer with. */
    take(headers, body) {
      if (!isGenuine(headers, body, secret)) return 401
      const { type, data } = JSON.parse(body)
      const { conversation = '', message } = data
      const isAgents = type === 'assigned' || (type === 'message' && message.side === 'shop:42' && message.from !== BOT.id)
      if (isAgents) note(conversation, Infinity)
      const isQuestion = type === 'message' && conversation.startsWith('shop:42~') && message.side !== 'shop:42' && message.kind === 'text'
      if (isQuestion) {
        const timer = setTimeout(() => {
          answer(message).catch((error) => console.error(`The demo's bot could not answer: ${error.message}`))
        }, PAUSE_MS)
        timer.unref()
      }
      return 204
    },
  }
}

function wordsFor(question) {
  const isChinese = /[\u4e00-\u9fff]/.test(question) && !/[\u3040-\u30ff]/.test(question)
  const [, english, chinese] = ANSWERS.find(([words]) => words.test(question)) ?? [undefined, ...OTHERWISE]
  return isChinese ? chinese : english
}

function isGenuine(headers, body, secret) {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name] ?? '')
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) return false
  const right = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest()
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64')
    return given.length === right.length && timingSafeEqual(given, right)
  })
}
