/** The quick replies of the demo's shop at its first start. */
const reply = (id, folder, title, text) => ({ id: `demo-${id}`, scope: 'shop', folder, title, text })

export const QUICK_REPLIES = [
  reply('hello', 'Greetings', 'Hello', 'Hello {customer}, this is {agent} of Morning Goods. How can I help?'),
  reply('moment', 'Greetings', 'One moment', 'One moment please, I am looking it up.'),
  reply('bye', 'Greetings', 'Goodbye', 'You are welcome, {customer}. Have a good day!'),
  reply('nihao', 'Greetings', '您好', '{customer}您好，这里是 Morning Goods，请问有什么可以帮您？'),
  reply('sent', 'Orders', 'It is on its way', 'Your order {order} is on its way and should arrive tomorrow.'),
  reply('return', 'Orders', 'Returns', 'You can return {order} within 30 days; I am sending you the label now.'),
  reply('invoice', 'Orders', 'Invoice', 'I have sent the invoice of {order} to your e-mail address.'),
  reply('descale', 'Kettles', 'Descaling', 'Fill it half with water and two spoons of citric acid, boil it once, wait for an hour, rinse.'),
]
