/** Who has written to the demo's shop before its first minute. A line in brackets is Ann's; where there is none, nobody has answered yet. */
export const CONVERSATIONS = [
  {
    sub: 'mia',
    name: 'Mia',
    lines: [
      'Hello! I ordered a hand grinder this morning. Can I get an invoice with VAT?',
      ['Good morning Mia, of course. Which company name should be on it?'],
      'Kontor Kaffee GmbH, Hamburg. The VAT number is DE 123 456 789.',
      ['Thank you! I have sent it to your e-mail address. Payment is still open, there is no hurry.'],
      'Perfect, thanks 🙏',
    ],
  },
  {
    sub: 'lee',
    name: '李雷',
    lines: ['您好，我的订单 MG-20418 到哪里了？', ['李先生您好，包裹今天早上已从上海仓库发出，预计明天下午送达。'], '太好了，能放在快递柜吗？'],
  },
  {
    sub: 'sam',
    name: 'Sam Duarte',
    lines: [
      'Hi, how often should I descale the Kumo kettle?',
      ['Hi Sam, every four weeks with hard water. Half full, two spoons of citric acid, boil once, wait an hour, rinse.'],
      'Great, will do.',
    ],
  },
  { sub: 'nora', name: 'Nora', lines: ['Does the pour-over kettle work on an induction hob?', 'The page only says "all stoves".'] },
  {
    sub: 'ben',
    name: 'Ben',
    lines: ['The lid of my kettle arrived with a dent 😕', 'I can send a photo. Can I get a new lid, or do I have to return everything?'],
  },
  { sub: 'yuki', name: '由紀', lines: ['こんにちは。コーヒーフィルターは日本にも発送できますか？'] },
  { sub: 'dana', name: 'Dana', lines: ['Hi! Is there a discount if I order ten kettles for our office?'] },
]
