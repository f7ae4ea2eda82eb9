import 'im-chat'

const chat = document.createElement('im-chat')
Object.assign(chat, { gateway: new URLSearchParams(location.search).get('gateway'), to: 'shop:42', product: { title: 'Kettle' } })
chat.addEventListener('im-send', ({ detail }) => Object.assign(window, { heard: detail.id }))
document.body.append(chat)
