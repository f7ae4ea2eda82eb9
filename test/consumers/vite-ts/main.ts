import 'im-chat'
import type { ChatElement, Offer } from 'im-chat/im-chat'

const product: Offer = { title: 'Kettle' }
const chat: ChatElement = document.createElement('im-chat')
chat.gateway = new URLSearchParams(location.search).get('gateway') ?? ''
chat.to = 'shop:42'
chat.product = product
chat.addEventListener('im-send', ({ detail }) => Object.assign(window, { heard: detail.id }))
document.body.append(chat)
