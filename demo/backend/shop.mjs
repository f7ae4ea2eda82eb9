/** What the demo's shop says about itself. */
export const SHOP = {
  name: 'Morning Goods',
  logo: '/art/logo.svg',
  greeting: {
    en: 'Good morning! Ask us about kettles, coffee or your order.',
    'zh-CN': '您好！手冲壶、咖啡和订单的问题都可以问我们。',
  },
  questions: {
    en: ['Where is my order?', 'Does the kettle work on induction?', 'How do I return something?'],
    'zh-CN': ['我的订单到哪里了？', '手冲壶能用电磁炉吗？', '怎么退货？'],
  },
  hours: { timeZone: 'Asia/Shanghai', open: ['Mo-Su 00:00-24:00'] },
  replyMinutes: 5,
}
